//! An installation with somebody in it who asks, and the server that is asked.

use std::process::Command;

use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::core::id::UserId;
use dango_auth::core::name::{KeyName, Username};
use dango_auth::core::password::Password;
use dango_auth::core::session::Transport;
use dango_auth::users::{CreateUser, FirstCredential};

use crate::Failure;
use crate::child::Server;
use crate::place::{Hashing, PASSWORD, Place};

/// Different sessions, and different keys.
const TOKENS: usize = 32;
/// Whoever asks.
const ANN: &str = "ann@example.org";

/// Somebody with sessions and keys.
pub(crate) struct Scene {
    pub(crate) place: Place,
    pub(crate) ann: UserId,
    pub(crate) sessions: Vec<String>,
    pub(crate) keys: Vec<String>,
}

impl Scene {
    /// Adds somebody to an installation.
    pub(crate) fn new(place: Place) -> Result<Self, Failure> {
        Self::with(place, TOKENS)
    }

    /// The same with so many sessions and keys.
    pub(crate) fn with(place: Place, tokens: usize) -> Result<Self, Failure> {
        let request = CreateUser {
            username: Username::parse(ANN)?,
            email: None,
            role: place.auth.parse_role("editor")?,
            access: None,
            first: FirstCredential::Password {
                password: Password::new(PASSWORD)?,
                must_change: false,
            },
        };
        let ann = place.auth.users().create(&place.caller, request)?;
        let ann = ann.user.user.id;
        let sign_in = |_| place.sign_in_as(ANN, Transport::Bearer);
        Ok(Self {
            sessions: (0..tokens).map(sign_in).collect::<Result<_, _>>()?,
            keys: (0..tokens)
                .map(|number| key(&place, ann, number))
                .collect::<Result<_, _>>()?,
            ann,
            place,
        })
    }

    /// Signs them in once more.
    pub(crate) fn sign_in(&self, transport: Transport) -> Result<String, Failure> {
        self.place.sign_in_as(ANN, transport)
    }

    /// Starts a server of its own for it, with these variables and options besides.
    pub(crate) fn serve(
        &self,
        variables: &[(&str, &str)],
        options: &[&str],
    ) -> Result<Server, Failure> {
        let mut command = self.command("--serve")?;
        command.envs(variables.iter().copied()).args(options);
        Server::start(&mut command)
    }

    /// Another program of ours for it.
    pub(crate) fn command(&self, option: &str) -> Result<Command, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(option).arg(self.place.folder());
        command.envs(self.place.variables());
        if self.place.hashing == Hashing::Real {
            command.arg("--real-hashing");
        }
        Ok(command)
    }
}

fn key(place: &Place, owner: UserId, number: usize) -> Result<String, Failure> {
    let request = CreateKey {
        name: KeyName::parse(&format!("key-{number}"))?,
        description: String::new(),
        limit: LimitRequest::Owner,
        expiry: Expiry::Never,
    };
    let keys = place.auth.api_keys();
    let made = keys.create_for(&place.caller, owner, &request)?;
    Ok(made.token.expose().to_owned())
}
