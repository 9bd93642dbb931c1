//! What is asked of a door, and what it answers where the HTTP API has no object for it.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use dango_auth::view::{EventObject, UserObject};
use serde::{Deserialize, Serialize};

/// Which users to list.
#[derive(Debug, Default)]
pub(crate) struct UserQuery {
    /// Exactly this role.
    pub(crate) role: Option<String>,
    /// Exactly this status.
    pub(crate) status: Option<String>,
    /// Part of username or email.
    pub(crate) search: Option<String>,
    /// At most so many.
    pub(crate) limit: Option<u32>,
}

/// How a new user gets in first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secret {
    /// By a link.
    Invite,
    /// With a temporary password.
    TemporaryPassword,
}

/// A role in one workspace.
#[derive(Clone, Debug)]
pub(crate) struct GrantRequest {
    /// Where.
    pub(crate) workspace: String,
    /// As what.
    pub(crate) role: String,
    /// Whether it replaces access everywhere and all other grants.
    pub(crate) only: bool,
}

/// A user to make.
#[derive(Debug)]
pub(crate) struct NewUser {
    /// The address, which is the login name too.
    pub(crate) email: String,
    /// The top-level role.
    pub(crate) role: String,
    /// How the user gets in first.
    pub(crate) secret: Secret,
    /// Where the invite link points.
    pub(crate) base_url: Option<String>,
    /// Single workspaces with a role each; access everywhere when empty.
    pub(crate) grants: Vec<GrantRequest>,
}

/// An API key to make.
#[derive(Debug)]
pub(crate) struct NewKey {
    /// Whose rights it carries.
    pub(crate) owner: String,
    /// What it is called.
    pub(crate) name: String,
    /// After how many days it stops working.
    pub(crate) expires_in_days: Option<u32>,
    /// The role it may use at most.
    pub(crate) role: Option<String>,
    /// The workspaces it may be used in; all of the owner's when empty.
    pub(crate) workspaces: Vec<String>,
}

/// Which audit events to show.
#[derive(Debug, Default)]
pub(crate) struct AuditQuery {
    /// At or after.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Before.
    pub(crate) until: Option<DateTime<Utc>>,
    /// Any of these; all when empty.
    pub(crate) types: Vec<String>,
    /// By whom.
    pub(crate) actor: Option<String>,
    /// About whom.
    pub(crate) user: Option<String>,
    /// At most so many.
    pub(crate) limit: u32,
    /// The form in which the answer is taken away, which is noted; none for a look at it.
    pub(crate) exported_as: Option<&'static str>,
}

/// Audit events as `GET /api/admin/audit` answers them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AuditTrail {
    /// The events, newest first.
    pub(crate) events: Vec<EventObject>,
    /// Where the next page starts.
    pub(crate) next_cursor: Option<String>,
}

/// A user after a change, and whether there was anything to change.
#[derive(Debug, Serialize)]
pub(crate) struct Changed {
    /// The account as it is now.
    #[serde(flatten)]
    pub(crate) user: UserObject,
    /// Whether it was different before.
    pub(crate) changed: bool,
}

/// How many sessions ended.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RevokedSessions {
    /// Always true.
    pub(crate) success: bool,
    /// How many.
    pub(crate) revoked_count: u64,
}

/// The switch after a change.
#[derive(Debug, Serialize)]
pub(crate) struct Switched {
    /// Whether sign-in is required.
    pub(crate) enabled: bool,
    /// Whether it was different before.
    pub(crate) changed: bool,
}

/// What `init` did.
#[derive(Debug, Serialize)]
pub(crate) struct InitOutcome {
    /// The folder of the project.
    pub(crate) project: PathBuf,
    /// Whether a first admin was made.
    pub(crate) created: bool,
    /// Whether sign-in is required.
    pub(crate) enabled: bool,
    /// The first admin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<UserObject>,
    /// The made password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) temp_password: Option<String>,
}
