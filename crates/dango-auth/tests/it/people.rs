//! People, and what they do all the time.

use dango_auth::core::audit::{Origin, Via};
use dango_auth::core::change::Change;
use dango_auth::core::id::UserId;
use dango_auth::core::name::{EmailAddress, KeyName, RoleName, Username, WorkspaceName};
use dango_auth::core::password::{Password, PasswordHash};
use dango_auth::core::session::Transport;
use dango_auth::core::user::User;
use dango_auth::error::Error;
use dango_auth::ports::UserRow;
use dango_auth::sessions::Presented;
use dango_auth::setup::FirstPassword;
use dango_auth::sign_in::{PasswordAttempt, SignIn, SignedIn};
use dango_auth::users::{AccessRequest, CreateUser, Created, FirstCredential};
use dango_auth::{Auth, Caller};

use crate::house::House;

/// Everybody's password until they choose another.
pub const PASSWORD: &str = "Lantern-over-42-hills";
pub const WRONG: &str = "Lantern-over-43-hills";
/// Where everybody is unless said otherwise.
pub const HOME: &str = "203.0.113.5";

pub fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

pub fn username(text: &str) -> Username {
    Username::parse(text).unwrap()
}

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn role(text: &str) -> RoleName {
    RoleName::parse(text).unwrap()
}

pub fn workspace(text: &str) -> WorkspaceName {
    WorkspaceName::parse(text).unwrap()
}

pub fn key_name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

pub fn grants(list: &[(&str, &str)]) -> AccessRequest {
    AccessRequest {
        all: false,
        grants: list
            .iter()
            .map(|(workspace, role)| ((*workspace).to_owned(), (*role).to_owned()))
            .collect(),
    }
}

pub fn from(address: &str) -> Origin {
    Origin {
        via: Via::Api,
        ip: Some(address.parse().unwrap()),
        user_agent: Some("tests".to_owned()),
        request_id: Some("r-1".to_owned()),
    }
}

pub fn attempt(login: &str, typed: &str, address: &str) -> PasswordAttempt {
    PasswordAttempt {
        login: login.to_owned(),
        password: password(typed),
        transport: Transport::Cookie,
        device: None,
        origin: from(address),
    }
}

/// A sign-in that has to be complete.
pub fn complete(answer: Result<SignIn, Error>) -> SignedIn {
    match answer.unwrap() {
        SignIn::Complete(signed_in) => *signed_in,
        SignIn::SecondFactorNeeded { .. } => panic!("a second factor is asked for"),
    }
}

pub fn recognise(auth: &Auth, signed_in: &SignedIn) -> Result<Caller, Error> {
    let presented = Presented::Session {
        token: signed_in.token.expose(),
        transport: signed_in.session.transport,
    };
    auth.sessions().authenticate(presented, from(HOME))
}

pub fn by_key(auth: &Auth, token: &str) -> Result<Caller, Error> {
    auth.sessions()
        .authenticate(Presented::ApiKey(token), from(HOME))
}

pub fn new_user(name: &str, as_role: &str, first: FirstCredential) -> CreateUser {
    CreateUser {
        username: username(name),
        email: name.contains('@').then(|| email(name)),
        role: role(as_role),
        access: None,
        first,
    }
}

/// A password that works at once.
pub fn ready() -> FirstCredential {
    FirstCredential::Password {
        password: password(PASSWORD),
        must_change: false,
    }
}

pub const INVITE: FirstCredential = FirstCredential::Invite { base_url: None };

impl House {
    /// The first administrator, `ann@x.org`, signed in.
    pub fn admin(&self) -> Caller {
        let chosen = FirstPassword::Chosen(password(PASSWORD));
        let name = username("ann@x.org");
        let setup = self.auth.setup();
        setup.bootstrap(&name, None, chosen, Via::Cli).unwrap();
        self.sign_in("ann@x.org")
    }

    /// Somebody with a password that works.
    pub fn person(&self, name: &str, as_role: &str) -> UserRow {
        self.create(new_user(name, as_role, ready())).user
    }

    pub fn create(&self, request: CreateUser) -> Created {
        self.auth.users().create(&self.system(), request).unwrap()
    }

    /// Somebody with a password that works, signed in.
    pub fn member(&self, name: &str, as_role: &str) -> Caller {
        self.person(name, as_role);
        self.sign_in(name)
    }

    pub fn signed_in(&self, login: &str) -> SignedIn {
        let attempt = attempt(login, PASSWORD, HOME);
        complete(self.auth.sign_in().with_password(&attempt))
    }

    pub fn sign_in(&self, login: &str) -> Caller {
        recognise(&self.auth, &self.signed_in(login)).unwrap()
    }

    pub fn try_password(&self, login: &str, typed: &str, address: &str) -> Result<SignIn, Error> {
        let attempt = attempt(login, typed, address);
        self.auth.sign_in().with_password(&attempt)
    }

    pub fn row(&self, id: UserId) -> UserRow {
        self.auth.users().get(&self.system(), id).unwrap()
    }

    pub fn named(&self, login: &str) -> UserRow {
        self.auth.users().find(&self.system(), login).unwrap()
    }
}

/// Gives somebody a hash that no use case makes.
pub fn set_hash(house: &House, user: &User, hash: &PasswordHash) {
    let act = house.system().act(house.now());
    let change = || -> Change<User> { user.clone().change_password(hash.clone(), &act) };
    house.store().change(|tx| tx.record(change())).unwrap();
}
