//! The decision itself, and the questions answered by the same rules.

use super::decision::{Decision, NO_ROLE, Objections, RoleSource};
use super::subject::{Limit, Subject};
use super::{Policy, Scope};
use crate::name::WorkspaceName;
use crate::permission::{Permission, PermissionInfo, PermissionSet};
use crate::role::Role;

impl Policy {
    /// Decides whether the subject may use a permission in a place.
    ///
    /// Deny by default, total, and free of allocation. The effective role is that of contract §2;
    /// a key additionally needs the permission within its own limit.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "who asks for yes or no does not pay for the reason"
    )]
    pub fn check(&self, subject: &Subject, permission: Permission, scope: Scope<'_>) -> Decision {
        let held = subject.held(scope);
        let role = held.role.and_then(|id| self.role(id));
        let granted = role.is_some_and(|role| role.permissions().contains(permission));
        // The first decides; the others say why, which costs nothing where nobody asks.
        let objections = Objections::NONE
            .unless(held.open.contains(permission), Objections::NOT_OPEN)
            .unless(
                self.catalog().contains(permission),
                Objections::UNKNOWN_PERMISSION,
            )
            .unless(subject.active, Objections::INACTIVE)
            .unless(granted, Objections::NO_GRANT);
        Decision::new(
            objections,
            role.map_or(NO_ROLE, Role::id),
            source(subject, scope),
        )
    }

    /// The same decision for a permission given by name.
    #[inline]
    pub fn check_name(&self, subject: &Subject, permission: &str, scope: Scope<'_>) -> Decision {
        match self.catalog().find(permission) {
            Some(permission) => self.check(subject, permission, scope),
            None => Decision::unknown_permission(),
        }
    }

    /// The effective role of contract §2, before activity and key limits are looked at.
    pub(super) fn held_role(
        &self,
        subject: &Subject,
        scope: Scope<'_>,
    ) -> Option<(&Role, RoleSource)> {
        let role = self.role(subject.held(scope).role?)?;
        Some((role, source(subject, scope)))
    }

    /// Whether the workspace exists as far as the subject may know; if not, answer 404.
    pub fn sees(&self, subject: &Subject, workspace: &WorkspaceName) -> bool {
        let scope = Scope::Workspace(workspace);
        let is_open = |limit: &Limit| limit.permissions_in(scope).is_some();
        subject.active
            && self.held_role(subject, scope).is_some()
            && subject.limit.as_ref().is_none_or(is_open)
    }

    /// Everything the subject may do in a place.
    pub fn permissions_in(&self, subject: &Subject, scope: Scope<'_>) -> PermissionSet {
        subject.held(scope).open
    }

    /// The names of everything the subject may do in a place, every name also for admin.
    pub fn permissions_of(&self, subject: &Subject, scope: Scope<'_>) -> Vec<&str> {
        let allowed = self.permissions_in(subject, scope);
        let permissions = self.catalog().permissions().iter();
        permissions
            .filter(|info| allowed.contains(info.permission()))
            .map(PermissionInfo::name)
            .collect()
    }

    /// The role that describes what the subject may do in a place; `None` when it has none there.
    ///
    /// For a limited key it is the role that permits exactly what the key may do: an admin's key
    /// limited to `editor` is an editor. When no role fits exactly the answer is `None`, so nobody
    /// who is told the role can take it for more than it is.
    pub fn effective_role(&self, subject: &Subject, scope: Scope<'_>) -> Option<&Role> {
        let (role, _) = self.held_role(subject, scope).filter(|_| subject.active)?;
        let allowed = self.permissions_in(subject, scope);
        if allowed == *role.permissions() {
            return Some(role);
        }
        self.roles()
            .iter()
            .find(|role| *role.permissions() == allowed)
    }
}

/// How a subject holds the role that is decisive in a place.
#[inline]
const fn source(subject: &Subject, scope: Scope<'_>) -> RoleSource {
    match scope {
        Scope::Workspace(_) if !subject.everywhere => RoleSource::Workspace,
        _ => RoleSource::TopLevel,
    }
}
