//! One entry of the audit log.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Actor, EventName, Origin};
use crate::id::{ApiKeyId, SessionId, UserId, WorkspaceId};
use crate::name::WorkspaceName;

/// How an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was tried and failed, for example a wrong password.
    Failure,
    /// It was refused by a rule, a permission or a limit.
    Denied,
}

impl Outcome {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Denied => "denied",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Success, Self::Failure, Self::Denied]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// The kind of a [`Target`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// A person's account.
    User,
    /// An API key.
    ApiKey,
    /// A session.
    Session,
    /// A workspace.
    Workspace,
    /// Settings or the system as a whole.
    System,
    /// Something of an embedder's own.
    Other,
}

impl TargetKind {
    const ALL: [Self; 6] = [
        Self::User,
        Self::ApiKey,
        Self::Session,
        Self::Workspace,
        Self::System,
        Self::Other,
    ];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::Session => "session",
            Self::Workspace => "workspace",
            Self::System => "system",
            Self::Other => "other",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What an event is about: a snapshot that outlives its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What sort of thing.
    pub kind: TargetKind,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// The name to show.
    pub name: String,
}

impl Target {
    fn new(kind: TargetKind, id: String, name: impl Into<String>) -> Self {
        Self {
            kind,
            id: Some(id),
            name: name.into(),
        }
    }

    /// A person's account.
    pub fn user(id: UserId, name: impl Into<String>) -> Self {
        Self::new(TargetKind::User, id.to_string(), name)
    }

    /// An account that was named but does not exist.
    pub fn unknown_user(name: impl Into<String>) -> Self {
        Self {
            kind: TargetKind::User,
            id: None,
            name: name.into(),
        }
    }

    /// An API key.
    pub fn api_key(id: ApiKeyId, name: impl Into<String>) -> Self {
        Self::new(TargetKind::ApiKey, id.to_string(), name)
    }

    /// A session; `name` is its owner's username.
    pub fn session(id: SessionId, name: impl Into<String>) -> Self {
        Self::new(TargetKind::Session, id.to_string(), name)
    }

    /// A workspace.
    pub fn workspace(id: WorkspaceId, name: impl Into<String>) -> Self {
        Self::new(TargetKind::Workspace, id.to_string(), name)
    }

    /// The system; `name` says which part, for example a setting.
    pub fn system(name: impl Into<String>) -> Self {
        Self {
            kind: TargetKind::System,
            id: None,
            name: name.into(),
        }
    }
}

/// Something that happened, ready to be chained and stored (contract §7).
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What happened.
    pub name: EventName,
    /// Who caused it.
    pub actor: Actor,
    /// What it is about.
    pub target: Option<Target>,
    /// The workspace it concerns.
    pub workspace: Option<WorkspaceName>,
    /// How it ended.
    pub outcome: Outcome,
    /// Where it came from.
    pub origin: Origin,
    /// When, to the microsecond.
    pub at: DateTime<Utc>,
    /// More facts by name; never a secret.
    pub details: Map<String, Value>,
}

impl Event {
    /// Adds one fact.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Marks the action as tried and failed.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.outcome = Outcome::Failure;
        self
    }

    /// Marks the action as refused.
    #[must_use]
    pub fn denied(mut self) -> Self {
        self.outcome = Outcome::Denied;
        self
    }

    /// Names the workspace concerned.
    #[must_use]
    pub fn in_workspace(mut self, workspace: WorkspaceName) -> Self {
        self.workspace = Some(workspace);
        self
    }
}
