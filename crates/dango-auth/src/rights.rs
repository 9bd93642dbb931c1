//! What somebody may do: who they are to a policy, together with that policy.

use std::sync::Arc;

use dango_auth_core::name::{RoleName, WorkspaceName};
use dango_auth_core::permission::{Permission, PermissionSet};
use dango_auth_core::policy::{Decision, KeyLimit, Policy, Scope, Subject};
use dango_auth_core::role;
use dango_auth_core::workspace::WorkspaceAccess;

/// Rights resolved against one policy, which is asked whenever they are; another one, put in its place
/// meanwhile, counts from the next request on.
#[derive(Clone, Debug)]
pub struct Rights {
    policy: Arc<Policy>,
    subject: Subject,
}

impl Rights {
    /// Those of somebody active with a role and access.
    pub(crate) fn new(policy: Arc<Policy>, role: &RoleName, access: &WorkspaceAccess) -> Self {
        let subject = policy.subject(true, role, access);
        Self { policy, subject }
    }

    /// Those of the local system.
    pub(crate) fn everything(policy: Arc<Policy>) -> Self {
        Self::new(policy, &role::ADMIN, &WorkspaceAccess::Everywhere)
    }

    /// What an API key leaves of them.
    pub(crate) fn limited(self, limit: &KeyLimit) -> Self {
        let subject = self.subject.limited(&self.policy, limit);
        Self { subject, ..self }
    }

    /// The policy they were resolved with.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides about a permission by name, in a workspace or where there is none.
    pub fn check(&self, permission: &str, scope: Scope<'_>) -> Decision {
        self.policy.check_name(&self.subject, permission, scope)
    }

    /// Whether something built in is permitted everywhere.
    pub(crate) fn permits(&self, builtin: Permission) -> bool {
        let decision = self.policy.check(&self.subject, builtin, Scope::Global);
        decision.is_allowed()
    }

    /// Whether the workspace exists as far as they may know; if not, answer 404.
    pub fn sees(&self, workspace: &WorkspaceName) -> bool {
        self.policy.sees(&self.subject, workspace)
    }

    /// The workspaces they may know of, sorted; `None` when it is all there are.
    pub fn visible_workspaces(&self) -> Option<Vec<WorkspaceName>> {
        self.policy.visible_workspaces(&self.subject)
    }

    /// Everything permitted in a place, to be asked with numbers of [`Rights::policy`].
    pub fn permissions_in(&self, scope: Scope<'_>) -> PermissionSet {
        self.policy.permissions_in(&self.subject, scope)
    }

    /// The names of everything permitted in a place.
    pub fn permissions_of(&self, scope: Scope<'_>) -> Vec<&str> {
        self.policy.permissions_of(&self.subject, scope)
    }
}
