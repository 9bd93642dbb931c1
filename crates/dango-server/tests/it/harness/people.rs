//! People to act as.

use dango_auth::Clock as _;
use dango_auth::core::audit::Via;
use dango_auth::core::id::UserId;
use dango_auth::core::totp::{TotpSeed, code_at, step_at};
use dango_auth::core::{EmailAddress, Password, Username};
use dango_auth::setup::FirstPassword;
use dango_auth::users::{AccessRequest, CreateUser, FirstCredential};
use dango_testkit::http::{Client as _, Request, WithBearer, WithCookies};
use serde_json::{Value, json};

use super::Server;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) login: String,
}

impl Server {
    /// Makes the first administrator, `admin`.
    pub(crate) fn make_admin(&self) {
        let name = Username::parse("admin").unwrap();
        let password = FirstPassword::Chosen(Password::new(PASSWORD).unwrap());
        self.auth
            .setup()
            .bootstrap(&name, None, password, Via::Cli)
            .unwrap();
    }

    /// Adds a person with a role, everywhere.
    pub(crate) fn person(&self, login: &str, role: &str) -> Person {
        self.add(login, role, None, false)
    }

    /// Adds a viewer with grants in workspaces.
    pub(crate) fn scoped(&self, login: &str, grants: &[(&str, &str)]) -> Person {
        let grants = grants
            .iter()
            .map(|(workspace, role)| ((*workspace).to_owned(), (*role).to_owned()));
        let access = AccessRequest {
            all: false,
            grants: grants.collect(),
        };
        self.add(login, "viewer", Some(access), false)
    }

    /// Adds a person who has to change the password first.
    pub(crate) fn must_change(&self, login: &str, role: &str) -> Person {
        self.add(login, role, None, true)
    }

    fn add(
        &self,
        login: &str,
        role: &str,
        access: Option<AccessRequest>,
        must_change: bool,
    ) -> Person {
        let request = CreateUser {
            username: Username::parse(login).unwrap(),
            email: EmailAddress::parse(login).ok(),
            role: self.auth.parse_role(role).unwrap(),
            access,
            first: FirstCredential::Password {
                password: Password::new(PASSWORD).unwrap(),
                must_change,
            },
        };
        let system = self.auth.local_caller(Via::Cli);
        let created = self.auth.users().create(&system, request).unwrap();
        Person {
            id: created.user.user.id,
            login: login.to_owned(),
        }
    }

    /// Signs somebody in with the usual password, by cookie.
    pub(crate) fn browser(&self, login: &str) -> WithCookies {
        let client = WithCookies::new(self.url());
        let body = json!({"email": login, "password": PASSWORD});
        let _ = client
            .send(Request::new("POST", "/api/auth/login").json(&body))
            .expect(200);
        client
    }

    /// Signs somebody in with the usual password, by token.
    pub(crate) fn script(&self, login: &str) -> WithBearer {
        WithBearer::new(self.url(), &self.token(login))
    }

    /// A token of the v1 family's sign-in.
    pub(crate) fn token(&self, login: &str) -> String {
        let body = json!({"username": login, "password": PASSWORD});
        let answer = self
            .anonymous()
            .send(Request::new("POST", "/api/v1/auth/login").json(&body));
        text(&answer.expect(200).json(), "/token")
    }

    /// Sets up a second factor for whoever has signed in with the usual password.
    pub(crate) fn enrol(&self, client: &WithCookies) {
        let body = json!({"password": PASSWORD});
        let setup = client.post("/api/auth/2fa/setup", &body).expect(200);
        let seed = TotpSeed::from_base32(&text(&setup.json(), "/secret")).unwrap();
        let code = code_at(&seed, step_at(self.clock.now()));
        let body = json!({"code": code});
        let _ = client.post("/api/auth/2fa/verify-setup", &body).expect(200);
    }

    /// An API key of somebody, with all their rights.
    pub(crate) fn key(&self, login: &str) -> String {
        let body = json!({"name": format!("key of {login}")});
        let answer = self
            .browser(login)
            .post("/api/auth/api-keys", &body)
            .expect(200);
        text(&answer.json(), "/key")
    }
}

/// A text in a JSON answer.
#[track_caller]
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no text at {pointer} in {value}"))
        .to_owned()
}
