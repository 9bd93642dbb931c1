//! Who asks: the principal behind a request, made by nobody but this crate.

use std::sync::Arc;

use dango_auth_core::api_key::ApiKey;
use dango_auth_core::audit::{Act, Actor, Origin};
use dango_auth_core::id::{SessionId, UserId};
use dango_auth_core::session::Session;
use dango_auth_core::user::User;

use chrono::{DateTime, Utc};

use crate::rights::Rights;

/// Something a person has to do before anything else (contract §3.5), in order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obligation {
    /// Choose a new password.
    ChangePassword,
    /// Set up a second factor.
    SetUpSecondFactor,
}

impl Obligation {
    /// The stable code of the refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ChangePassword => "password_change_required",
            Self::SetUpSecondFactor => "second_factor_setup_required",
        }
    }

    /// What to do, in words.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::ChangePassword => "change your password first",
            Self::SetUpSecondFactor => "set up a second factor first",
        }
    }
}

/// How a person proved who they are.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A complete sign-in.
    Session(Session),
    /// An API key.
    ApiKey(Box<ApiKey>),
}

/// A person who asks.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account as it was read for this request.
    pub user: User,
    /// Whether a second factor is on.
    pub second_factor_on: bool,
    /// How they proved who they are.
    pub credential: Credential,
    /// What they have to do first.
    pub obligation: Option<Obligation>,
    /// Their rights, cut down to the API key's where one is used.
    pub rights: Rights,
}

#[derive(Clone, Debug)]
enum Principal {
    System(Arc<System>),
    Person(Arc<Person>),
}

/// A part of the program, or somebody with access to the machine's files.
#[derive(Debug)]
struct System {
    name: String,
    rights: Rights,
}

/// Who asks, and from where.
///
/// SECURITY: there is no public way to make one; it comes from
/// [`Sessions::authenticate`](crate::sessions::Sessions::authenticate) or, for somebody with access to
/// the machine's files, from [`Auth::local_caller`](crate::Auth::local_caller).
#[derive(Clone, Debug)]
pub struct Caller {
    /// Shared, because a request's caller is handed around.
    principal: Principal,
    origin: Arc<Origin>,
}

impl Caller {
    pub(crate) fn person_from(person: Arc<Person>, origin: impl Into<Arc<Origin>>) -> Self {
        Self {
            principal: Principal::Person(person),
            origin: origin.into(),
        }
    }

    pub(crate) fn system(name: impl Into<String>, rights: Rights, origin: Origin) -> Self {
        Self {
            principal: Principal::System(Arc::new(System {
                name: name.into(),
                rights,
            })),
            origin: Arc::new(origin),
        }
    }

    /// Their rights; the system has all of them.
    pub fn rights(&self) -> &Rights {
        match &self.principal {
            Principal::System(system) => &system.rights,
            Principal::Person(person) => &person.rights,
        }
    }

    /// The role at top level, by name.
    pub fn role_name(&self) -> &str {
        self.person()
            .map_or("admin", |person| person.user.role.as_str())
    }

    /// The person, unless it is the system.
    pub fn person(&self) -> Option<&Person> {
        match &self.principal {
            Principal::Person(person) => Some(person),
            Principal::System(_) => None,
        }
    }

    /// Tells whether it is the local system, which may do everything.
    pub fn is_system(&self) -> bool {
        self.person().is_none()
    }

    /// Where the request comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The person's id.
    pub fn user_id(&self) -> Option<UserId> {
        self.person().map(|person| person.user.id)
    }

    /// The session asked with, if it is one.
    pub fn session(&self) -> Option<&Session> {
        match self.person().map(|person| &person.credential) {
            Some(Credential::Session(session)) => Some(session),
            _ => None,
        }
    }

    /// The id of the session asked with.
    pub fn session_id(&self) -> Option<SessionId> {
        self.session().map(|session| session.id)
    }

    /// Tells whether an API key is used.
    pub fn via_api_key(&self) -> bool {
        matches!(
            self.person().map(|person| &person.credential),
            Some(Credential::ApiKey(_))
        )
    }

    /// The login name, or the name of the system's part.
    pub fn name(&self) -> &str {
        match &self.principal {
            Principal::System(system) => &system.name,
            Principal::Person(person) => person.user.username.as_str(),
        }
    }

    /// What has to be done first.
    pub fn obligation(&self) -> Option<Obligation> {
        self.person().and_then(|person| person.obligation)
    }

    /// The caller as the actor of an audit event.
    pub fn actor(&self) -> Actor {
        match &self.principal {
            Principal::System(system) => Actor::system(system.name.as_str()),
            Principal::Person(person) => {
                let name = person.user.username.as_str();
                match &person.credential {
                    Credential::Session(_) => Actor::user(person.user.id, name),
                    Credential::ApiKey(key) => Actor::api_key(key.id, person.user.id, name),
                }
            }
        }
    }

    /// The caller's action at `at`, for the core's transitions.
    pub fn act(&self, at: DateTime<Utc>) -> Act {
        Act {
            actor: self.actor(),
            origin: self.origin().clone(),
            at,
        }
    }
}
