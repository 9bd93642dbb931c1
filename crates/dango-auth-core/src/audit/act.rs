//! Who does something, through which door, and when.

use std::fmt;
use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::{Event, EventName, Outcome, Target};
use crate::id::{ApiKeyId, UserId};

/// Longest user agent text that is kept, in characters.
const USER_AGENT_MAX: usize = 256;

/// The kind of an [`Actor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person through a session.
    User,
    /// A person through an API key.
    ApiKey,
    /// The local system: the command line with file access, a background task.
    System,
    /// Somebody who has not signed in.
    Anonymous,
}

impl ActorKind {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::System => "system",
            Self::Anonymous => "anonymous",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::User, Self::ApiKey, Self::System, Self::Anonymous]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Who caused an event: a snapshot that outlives the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    kind: ActorKind,
    id: Option<String>,
    name: String,
    person: Option<UserId>,
}

impl Actor {
    /// A person through a session.
    pub fn user(id: UserId, name: impl Into<String>) -> Self {
        Self {
            kind: ActorKind::User,
            id: Some(id.to_string()),
            name: name.into(),
            person: Some(id),
        }
    }

    /// A person through an API key; `name` is the owner's username.
    pub fn api_key(key: ApiKeyId, owner: UserId, name: impl Into<String>) -> Self {
        Self {
            kind: ActorKind::ApiKey,
            id: Some(key.to_string()),
            name: name.into(),
            person: Some(owner),
        }
    }

    /// The local system; `name` says which part, for example the operating system's user.
    pub fn system(name: impl Into<String>) -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            name: name.into(),
            person: None,
        }
    }

    /// Somebody who has not signed in; `name` is what they typed, empty when nothing was.
    pub fn anonymous(name: impl Into<String>) -> Self {
        Self {
            kind: ActorKind::Anonymous,
            id: None,
            name: name.into(),
            person: None,
        }
    }

    /// Puts a stored actor together again.
    pub fn from_stored(kind: ActorKind, id: Option<String>, name: String) -> Self {
        let person = match kind {
            ActorKind::User => id.as_deref().and_then(|id| id.parse().ok()),
            _ => None,
        };
        Self {
            kind,
            id,
            name,
            person,
        }
    }

    /// The same actor under another name.
    pub(super) fn renamed(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// What sort of actor this is.
    pub const fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The user's or key's id; none for the system and for strangers.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells whether this is `user` acting on their own account, also through an API key.
    ///
    /// The self rules of contract §3.2 are decided with it.
    pub fn is_person(&self, user: UserId) -> bool {
        self.person == Some(user)
    }
}

/// The door an action came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// The web pages.
    Web,
    /// The JSON API.
    Api,
    /// The command line on the machine itself.
    Cli,
    /// The command line through the API of a running server.
    Remote,
    /// A background task.
    System,
}

impl Via {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Cli => "cli",
            Self::Remote => "remote",
            Self::System => "system",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Web, Self::Api, Self::Cli, Self::Remote, Self::System]
            .into_iter()
            .find(|via| via.as_str() == text)
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The door.
    pub via: Via,
    /// The client's address as resolved once for limiter, lockout, audit and sessions.
    pub ip: Option<IpAddr>,
    /// The client's own description, cut to 256 characters and free of control characters.
    pub user_agent: Option<String>,
    /// The id that also stands in the log.
    pub request_id: Option<String>,
}

impl Origin {
    /// An action on the machine itself, without a network peer.
    pub const fn local(via: Via) -> Self {
        Self {
            via,
            ip: None,
            user_agent: None,
            request_id: None,
        }
    }

    /// Adds the user agent as it was sent.
    #[must_use]
    pub fn with_user_agent(mut self, text: &str) -> Self {
        // Nearly all of them are short and plain, and each request brings one.
        let is_plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        let clean: String = if text.len() <= USER_AGENT_MAX && text.bytes().all(is_plain) {
            text.to_owned()
        } else {
            let shown = text.chars().filter(|c| !c.is_control());
            shown.take(USER_AGENT_MAX).collect()
        };
        self.user_agent = (!clean.is_empty()).then_some(clean);
        self
    }
}

/// One action in progress: who, from where, when. Every transition takes one and writes it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who acts.
    pub actor: Actor,
    /// Through which door.
    pub origin: Origin,
    /// When, to the microsecond.
    pub at: DateTime<Utc>,
}

impl Act {
    /// Starts an event of this action that succeeded.
    pub fn event(&self, name: EventName, target: Target) -> Event {
        Event {
            name,
            actor: self.actor.clone(),
            target: Some(target),
            workspace: None,
            outcome: Outcome::Success,
            origin: self.origin.clone(),
            at: self.at,
            details: serde_json::Map::new(),
        }
    }
}
