//! A running server.

use std::process::{Command, ExitStatus};
use std::sync::{Mutex, MutexGuard};

use dango_testkit::http::{Anonymous, Client as _, Response, WithBearer, WithCookies};
use dango_testkit::process::Running;
use serde_json::json;

use crate::installation::{ADMIN, PASSWORD};

/// A running `dango-server`; killed when dropped.
pub(crate) struct Server {
    process: Mutex<Running>,
    url: String,
}

impl Server {
    /// Starts it and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        let process = Running::start(command);
        let line = process.wait_for_line("dango-server listens on ");
        let url = line.rsplit(' ').next().unwrap().to_owned();
        Self {
            process: Mutex::new(process),
            url,
        }
    }

    /// Its address without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it has said so far.
    pub(crate) fn output(&self) -> String {
        self.process().output()
    }

    /// The setup link's token, where it printed one.
    pub(crate) fn setup_token(&self) -> Option<String> {
        let output = self.output();
        let (_, rest) = output.split_once("/setup?token=")?;
        rest.split_whitespace().next().map(str::to_owned)
    }

    /// The running program.
    pub(crate) fn process(&self) -> MutexGuard<'_, Running> {
        self.process.lock().unwrap()
    }

    /// Asks it to end and waits until it has.
    pub(crate) fn stop(&self) -> ExitStatus {
        self.process().stop()
    }

    /// Somebody without credentials.
    pub(crate) fn anonymous(&self) -> Anonymous {
        Anonymous::new(&self.url)
    }

    /// Somebody with a token.
    pub(crate) fn bearer(&self, token: &str) -> WithBearer {
        WithBearer::new(&self.url, token)
    }

    /// Tries to sign in through the v1 family.
    pub(crate) fn try_sign_in(&self, name: &str, password: &str) -> Response {
        let body = json!({"username": name, "password": password});
        self.anonymous().post("/api/v1/auth/login", &body)
    }

    /// Signs in through the v1 family; answers the token.
    #[track_caller]
    pub(crate) fn token(&self, name: &str, password: &str) -> String {
        let answer = self.try_sign_in(name, password).expect(200).json();
        answer["token"].as_str().unwrap().to_owned()
    }

    /// The administrator of a ready installation, by token.
    pub(crate) fn admin(&self) -> WithBearer {
        self.bearer(&self.token(ADMIN, PASSWORD))
    }

    /// Signs in as a browser does.
    #[track_caller]
    pub(crate) fn browser(&self, email: &str, password: &str) -> WithCookies {
        let client = WithCookies::new(&self.url);
        let body = json!({"email": email, "password": password});
        let _ = client.post("/api/auth/login", &body).expect(200);
        client
    }
}
