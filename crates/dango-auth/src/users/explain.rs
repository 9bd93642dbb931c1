//! Why somebody may or may not do something.

use std::sync::Arc;

use dango_auth_core::name::{LoginName, WorkspaceName};
use dango_auth_core::permission::builtin;
use dango_auth_core::policy::{Explanation, Policy, Scope};
use dango_auth_core::user::User;
use dango_auth_store::ports::UserReads as _;

use super::Users;
use crate::auth::{known_permission, printable};
use crate::caller::Caller;
use crate::error::Error;

/// An explained decision.
#[derive(Debug)]
pub struct Explained {
    /// The policy that decided.
    pub policy: Arc<Policy>,
    /// About whom.
    pub user: User,
    /// The decision and its reasons, from the same code that enforces it.
    pub explanation: Explanation,
}

impl Users<'_> {
    /// Explains whether somebody has a permission, in general or in a workspace.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown person, [`Error::Fields`] for an unknown permission or a
    /// workspace name that cannot be one; [`Error::Denied`] without `users.view`.
    pub fn explain(
        &self,
        caller: &Caller,
        login: &str,
        permission: &str,
        workspace: Option<&str>,
    ) -> Result<Explained, Error> {
        let unknown = || Error::no_user(printable(login));
        let name = LoginName::parse(login).map_err(|_| unknown())?;
        let workspace = workspace
            .map(WorkspaceName::parse)
            .transpose()
            .map_err(|error| Error::name("workspace", &error))?;
        let policy = self.auth.policy();
        known_permission(&policy, permission)?;
        let user = self.auth.look(caller, builtin::USERS_VIEW, |tx| {
            tx.user_by_login(&name)?.ok_or_else(unknown)
        })?;
        let subject = policy.subject(user.is_active(), &user.role, &user.access);
        let scope = workspace.as_ref().map_or(Scope::Global, Scope::Workspace);
        let explanation = policy.explain(&subject, permission, scope);
        Ok(Explained {
            policy,
            user,
            explanation,
        })
    }
}
