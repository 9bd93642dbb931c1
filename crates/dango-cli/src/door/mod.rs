//! The door to an installation: what can be asked of it, wherever it runs.
//!
//! Commands know this trait alone. Its answers are the objects of the HTTP API, so that a command prints the same
//! whichever way it came by them.

mod local;
mod refusal;
mod remote;
mod requests;

use dango_auth::view::{
    ApiKeyObject, ChainObject, CreatedUserObject, ExplanationObject, RoleObject, SessionObject,
    SettingsObject, StatusObject, UserObject, WorkspaceObject,
};

pub(crate) use local::{FirstAdmin, Local, Moved, NewProject, PolicyReport, Rotated};
pub(crate) use remote::{Me, Remote, authorities};
pub(crate) use requests::{
    AuditQuery, AuditTrail, Changed, GrantRequest, InitOutcome, NewKey, NewUser, RevokedSessions,
    Secret, UserQuery,
};

use crate::fault::Fault;

/// What a door answers.
pub(crate) type Answer<T> = Result<T, Fault>;

/// People and what they may do.
pub(crate) trait People {
    /// Users, oldest first.
    fn users(&self, query: &UserQuery) -> Answer<Vec<UserObject>>;
    /// One user, by email or username.
    fn user(&self, login: &str) -> Answer<UserObject>;
    /// Makes a user.
    fn add_user(&self, new: &NewUser) -> Answer<CreatedUserObject>;
    /// Gives a user a temporary password.
    fn reset_password(&self, login: &str) -> Answer<CreatedUserObject>;
    /// Gives a user another role.
    fn change_role(&self, login: &str, role: &str) -> Answer<Changed>;
    /// Ends a user's access.
    fn deactivate(&self, login: &str) -> Answer<Changed>;
    /// Gives it back.
    fn reactivate(&self, login: &str) -> Answer<Changed>;
    /// Removes a user; asked for and confirmed.
    fn delete_user(&self, login: &str) -> Answer<()>;
    /// Lifts a user's locks.
    fn unlock(&self, login: &str) -> Answer<Changed>;
    /// Makes a user's invite again.
    fn invite(&self, login: &str, base_url: Option<&str>) -> Answer<CreatedUserObject>;
    /// Removes a user's second factor.
    fn reset_second_factor(&self, login: &str) -> Answer<Changed>;
    /// Gives a user a role in one workspace.
    fn grant(&self, login: &str, grant: &GrantRequest) -> Answer<Changed>;
    /// Takes it away.
    fn revoke_grant(&self, login: &str, workspace: &str) -> Answer<Changed>;
    /// Says why a user may or may not do something.
    fn explain(
        &self,
        login: &str,
        permission: &str,
        workspace: Option<&str>,
    ) -> Answer<ExplanationObject>;
}

/// Sessions and API keys: what people and scripts are let in with.
pub(crate) trait Credentials {
    /// A user's sessions.
    fn sessions(&self, login: &str) -> Answer<Vec<SessionObject>>;
    /// Ends them all.
    fn revoke_sessions(&self, login: &str) -> Answer<RevokedSessions>;
    /// API keys, of one user or of all.
    fn keys(&self, owner: Option<&str>) -> Answer<Vec<ApiKeyObject>>;
    /// Makes one.
    fn create_key(&self, new: &NewKey) -> Answer<ApiKeyObject>;
    /// Ends one.
    fn revoke_key(&self, id: &str) -> Answer<()>;
}

/// Workspaces.
pub(crate) trait Workspaces {
    /// All of them, by name.
    fn workspaces(&self) -> Answer<Vec<WorkspaceObject>>;
    /// Makes one.
    fn create_workspace(&self, name: &str, description: &str) -> Answer<WorkspaceObject>;
    /// Removes one with all grants in it.
    fn delete_workspace(&self, name: &str) -> Answer<()>;
}

/// Rules, log and state of the whole.
pub(crate) trait Oversight {
    /// The settings in force.
    fn settings(&self) -> Answer<SettingsObject>;
    /// Sets one, or (with no value) takes back what was set.
    fn put_setting(&self, name: &str, value: Option<&str>) -> Answer<SettingsObject>;
    /// One page of audit events, newest first.
    fn audit(&self, query: &AuditQuery) -> Answer<AuditTrail>;
    /// Checks the chain of the audit log.
    fn verify_audit(&self) -> Answer<ChainObject>;
    /// The roles of the policy.
    fn roles(&self) -> Answer<Vec<RoleObject>>;
    /// What an operator wants to know in one look.
    fn status(&self) -> Answer<StatusObject>;
}

/// Administration of one installation.
pub(crate) trait Door: People + Credentials + Workspaces + Oversight {}

impl<T: People + Credentials + Workspaces + Oversight> Door for T {}
