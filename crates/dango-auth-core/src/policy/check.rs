//! The decision itself, and the questions answered by the same rules.

use super::decision::{Decision, NO_ROLE, Objections, RoleSource};
use super::subject::{Access, Subject};
use super::{Policy, Scope};
use crate::name::WorkspaceName;
use crate::permission::{Permission, PermissionInfo, PermissionSet};
use crate::role::Role;

impl Policy {
    /// Decides whether the subject may use a permission in a place.
    ///
    /// Deny by default, total, and free of allocation. The effective role is that of contract §2;
    /// a key additionally needs the permission within its own limit.
    #[inline]
    pub fn check(&self, subject: &Subject, permission: Permission, scope: Scope<'_>) -> Decision {
        let open = subject.open.permissions_in(scope);
        let allowed = open.is_some_and(|open| open.contains(permission));
        let (role, source, granted) = match self.held_role(subject, scope) {
            Some((role, source)) => (role.id(), source, role.permissions().contains(permission)),
            None => (NO_ROLE, RoleSource::TopLevel, false),
        };
        // Why, which costs nothing where nobody asks.
        let objections = Objections::NONE
            .unless(allowed, Objections::NOT_OPEN)
            .unless(
                self.catalog().contains(permission),
                Objections::UNKNOWN_PERMISSION,
            )
            .unless(subject.active, Objections::INACTIVE)
            .unless(granted, Objections::NO_GRANT)
            .unless(
                within_limit(subject, permission, scope),
                Objections::OUTSIDE_KEY_LIMIT,
            );
        Decision::new(objections, role, source)
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
    #[inline]
    pub(super) fn held_role(
        &self,
        subject: &Subject,
        scope: Scope<'_>,
    ) -> Option<(&Role, RoleSource)> {
        let (id, source) = match (scope, &subject.access) {
            (Scope::Global, _) | (Scope::Workspace(_), Access::Everywhere) => {
                (subject.top?, RoleSource::TopLevel)
            }
            (Scope::Workspace(name), Access::Only(grants)) => {
                (*grants.get(name)?, RoleSource::Workspace)
            }
        };
        self.role(id).map(|role| (role, source))
    }

    /// Whether the workspace exists as far as the subject may know; if not, answer 404.
    pub fn sees(&self, subject: &Subject, workspace: &WorkspaceName) -> bool {
        let scope = Scope::Workspace(workspace);
        let is_open = |limit: &super::subject::Reach| limit.permissions_in(scope).is_some();
        subject.active
            && self.held_role(subject, scope).is_some()
            && subject.limit.as_ref().is_none_or(is_open)
    }

    /// Everything the subject may do in a place.
    pub fn permissions_in(&self, subject: &Subject, scope: Scope<'_>) -> PermissionSet {
        let open = subject.open.permissions_in(scope);
        open.copied().unwrap_or(PermissionSet::EMPTY)
    }

    /// The rule: what the role held in a place permits, within the limit of a key, to somebody who is active.
    pub(super) fn joined(&self, subject: &Subject, scope: Scope<'_>) -> PermissionSet {
        let held = self.held_role(subject, scope).filter(|_| subject.active);
        let Some((role, _)) = held else {
            return PermissionSet::EMPTY;
        };
        match &subject.limit {
            None => *role.permissions(),
            Some(limit) => limit
                .permissions_in(scope)
                .map_or(PermissionSet::EMPTY, |left| {
                    role.permissions().intersection(left)
                }),
        }
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

#[inline]
fn within_limit(subject: &Subject, permission: Permission, scope: Scope<'_>) -> bool {
    subject.limit.as_ref().is_none_or(|limit| {
        limit
            .permissions_in(scope)
            .is_some_and(|left| left.contains(permission))
    })
}
