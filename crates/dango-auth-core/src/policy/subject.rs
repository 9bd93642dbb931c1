//! Who is checked: a user, or an API key that is limited to less than its owner.

use serde::{Deserialize, Serialize};

use super::by_workspace::ByWorkspace;
use super::{Policy, Scope};
use crate::name::{RoleName, WorkspaceName};
use crate::permission::PermissionSet;
use crate::role::{self, RoleId};
use crate::workspace::{Grant, WorkspaceAccess};

/// Somebody whose rights can be checked, with all names resolved against one policy.
///
/// Made by [`Policy::subject`]; ask only the policy that made it.
#[derive(Debug, Clone)]
pub struct Subject {
    pub(super) active: bool,
    /// Whether the top-level role is held in every workspace.
    pub(super) everywhere: bool,
    /// On items without a workspace.
    pub(super) top: Held,
    /// In workspaces that are not the same as the top: those with a grant, or those that a key is limited to.
    pub(super) places: Option<ByWorkspace<Held>>,
    /// In workspaces that `places` leaves out.
    beyond: Held,
    pub(super) limit: Option<Limit>,
    /// Roles held by name alone, which the policy does not know: everywhere, or in a workspace.
    unknown: Vec<(Option<WorkspaceName>, RoleName)>,
}

/// What somebody is in a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) role: Option<RoleId>,
    /// What role, limit and standing leave together, worked out once so that a check is one look.
    pub(super) open: PermissionSet,
}

impl Held {
    /// A role of which nothing is open yet.
    const fn closed(role: Option<RoleId>) -> Self {
        Self {
            role,
            open: PermissionSet::EMPTY,
        }
    }
}

/// A key's limit as permission sets, to be intersected with what the owner's role permits.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    /// On items without a workspace, and everywhere when `workspaces` is `None`.
    top: PermissionSet,
    /// `None` means every workspace.
    workspaces: Option<ByWorkspace<PermissionSet>>,
}

/// The most an API key may do, whatever its owner may.
///
/// A key's rights are always the intersection of this with its owner's rights at that moment
/// (contract §4.2), so a limit can only take away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeyLimit {
    /// The role the key may use at most; `None` for the owner's.
    pub role: Option<RoleName>,
    /// The workspaces the key may be used in; `None` for all of the owner's.
    ///
    /// With a list, items in no workspace are open as far as a viewer sees them, as for a user
    /// with single workspaces.
    pub workspaces: Option<Vec<WorkspaceLimit>>,
}

/// The most an API key may do in one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceLimit {
    /// Where.
    pub workspace: WorkspaceName,
    /// The role the key may use at most there; `None` for the owner's.
    pub role: Option<RoleName>,
}

impl KeyLimit {
    /// One role limit for all workspaces listed, the shape of the Dango family.
    pub fn new(role: Option<RoleName>, workspaces: Option<Vec<WorkspaceName>>) -> Self {
        let limit_in = |workspace| WorkspaceLimit {
            workspace,
            role: role.clone(),
        };
        let workspaces = workspaces.map(|names| names.into_iter().map(limit_in).collect());
        Self { role, workspaces }
    }

    /// A role and workspace access of the key's own, the shape of the v1 family.
    pub fn from_access(role: RoleName, access: &WorkspaceAccess) -> Self {
        let limit_in = |grant: &Grant| WorkspaceLimit {
            workspace: grant.workspace.clone(),
            role: Some(grant.role.clone()),
        };
        let workspaces = match access {
            WorkspaceAccess::Everywhere => None,
            WorkspaceAccess::Only(grants) => Some(grants.iter().map(limit_in).collect()),
        };
        Self {
            role: Some(role),
            workspaces,
        }
    }

    /// Whether the key may do all its owner may.
    pub fn is_unlimited(&self) -> bool {
        self.role.is_none() && self.workspaces.is_none()
    }
}

impl Policy {
    /// Resolves a user for checks.
    ///
    /// A role this policy does not know gives no rights, and neither does a stored grant of the
    /// wildcard role, which nobody can be given in a workspace.
    pub fn subject(&self, active: bool, top_role: &RoleName, access: &WorkspaceAccess) -> Subject {
        let places = match access {
            WorkspaceAccess::Everywhere => None,
            WorkspaceAccess::Only(grants) => {
                let resolve = |grant: &Grant| {
                    let role = self.role_named(grant.role.as_str())?;
                    let held = Held::closed(Some(role.id()));
                    (!role.is_wildcard()).then(|| (grant.workspace.clone(), held))
                };
                // Grants hold each workspace once, so there is nothing to merge.
                let held = grants.iter().filter_map(resolve);
                Some(ByWorkspace::new(held, |_, _| ()))
            }
        };
        let top = self.role_id(top_role);
        let everywhere = access.is_everywhere();
        let subject = Subject {
            active,
            everywhere,
            top: Held::closed(top),
            places,
            beyond: Held::closed(top.filter(|_| everywhere)),
            limit: None,
            unknown: self.unknown_roles(top_role, access),
        };
        subject.opened(self)
    }

    /// The roles that are held by name and that this policy does not know.
    fn unknown_roles(
        &self,
        top: &RoleName,
        access: &WorkspaceAccess,
    ) -> Vec<(Option<WorkspaceName>, RoleName)> {
        let granted = access.grants().iter();
        let granted = granted.map(|grant| (Some(grant.workspace.clone()), grant.role.clone()));
        std::iter::once((None, top.clone()))
            .filter(|(_, role)| self.role_id(role).is_none())
            .chain(granted.filter(|(_, role)| self.role_id(role).is_none()))
            .collect()
    }

    /// What a limit to this role leaves; SECURITY: an unknown role leaves nothing.
    fn cap(&self, role: Option<&RoleName>) -> PermissionSet {
        match role {
            None => self.catalog().all(),
            Some(name) => self
                .role_named(name.as_str())
                .map_or(PermissionSet::EMPTY, |role| *role.permissions()),
        }
    }

    fn resolve_limit(&self, limit: &KeyLimit) -> Limit {
        let top = self.cap(limit.role.as_ref());
        let Some(entries) = &limit.workspaces else {
            return Limit {
                top,
                workspaces: None,
            };
        };
        let resolve =
            |entry: &WorkspaceLimit| (entry.workspace.clone(), self.cap(entry.role.as_ref()));
        let narrow = |left: &mut PermissionSet, also: &_| *left = left.intersection(also);
        let resolved = ByWorkspace::new(entries.iter().map(resolve), narrow);
        let viewer = self.cap(Some(&role::VIEWER));
        Limit {
            top: top.intersection(&viewer),
            workspaces: Some(resolved),
        }
    }
}

impl Limit {
    /// What the limit leaves in a place; `None` where the key may not go at all.
    #[inline]
    pub(super) fn permissions_in(&self, scope: Scope<'_>) -> Option<&PermissionSet> {
        match (scope, &self.workspaces) {
            (Scope::Global, _) | (Scope::Workspace(_), None) => Some(&self.top),
            (Scope::Workspace(name), Some(workspaces)) => workspaces.get(name),
        }
    }

    /// The workspaces the key may go to; `None` for all.
    pub(super) fn workspaces(&self) -> Option<impl Iterator<Item = &WorkspaceName>> {
        self.workspaces.as_ref().map(ByWorkspace::names)
    }

    fn intersection(self, other: &Self) -> Self {
        let listed = self.workspaces.as_ref().or(other.workspaces.as_ref());
        let both = |name: &WorkspaceName| {
            let scope = Scope::Workspace(name);
            let left = self
                .permissions_in(scope)?
                .intersection(other.permissions_in(scope)?);
            Some((name.clone(), left))
        };
        let workspaces =
            listed.map(|list| ByWorkspace::new(list.names().filter_map(both), |_, _| ()));
        Self {
            top: self.top.intersection(&other.top),
            workspaces,
        }
    }
}

impl Subject {
    /// The same subject acting through an API key: never more than before, however often applied.
    #[must_use]
    pub fn limited(mut self, policy: &Policy, limit: &KeyLimit) -> Self {
        let limit = policy.resolve_limit(limit);
        self.limit = Some(match self.limit {
            None => limit,
            Some(before) => before.intersection(&limit),
        });
        self.opened(policy)
    }

    /// What the subject is in a place.
    #[inline]
    pub(super) fn held(&self, scope: Scope<'_>) -> &Held {
        match (scope, &self.places) {
            (Scope::Workspace(name), Some(places)) => places.get(name).unwrap_or(&self.beyond),
            (Scope::Global, _) | (Scope::Workspace(_), None) => &self.top,
        }
    }

    /// Works out what is open in each place.
    fn opened(mut self, policy: &Policy) -> Self {
        if self.everywhere {
            let limited = self.limit.as_ref().and_then(Limit::workspaces);
            let held = |name: &WorkspaceName| (name.clone(), self.beyond);
            self.places = limited.map(|names| ByWorkspace::new(names.map(held), |_, _| ()));
        }
        let mut places = self.places.take();
        for (name, held) in places.iter_mut().flat_map(ByWorkspace::iter_mut) {
            held.open = self.joined(policy, held.role, Scope::Workspace(name));
        }
        self.places = places;
        self.top.open = self.joined(policy, self.top.role, Scope::Global);
        self
    }

    /// The rule: what a role held in a place permits, within the limit of a key, to somebody who is active.
    fn joined(&self, policy: &Policy, role: Option<RoleId>, scope: Scope<'_>) -> PermissionSet {
        let role = role.and_then(|id| policy.role(id));
        let Some(role) = role.filter(|_| self.active) else {
            return PermissionSet::EMPTY;
        };
        match &self.limit {
            None => *role.permissions(),
            Some(limit) => {
                let left = limit.permissions_in(scope);
                left.map_or(PermissionSet::EMPTY, |left| {
                    role.permissions().intersection(left)
                })
            }
        }
    }

    /// The role that would be decisive in a place if the policy knew it; it gives no rights.
    pub fn unknown_role(&self, scope: Scope<'_>) -> Option<&RoleName> {
        let place = match scope {
            Scope::Workspace(name) if !self.everywhere => Some(name),
            _ => None,
        };
        let here = |(at, _): &&(Option<WorkspaceName>, RoleName)| at.as_ref() == place;
        self.unknown.iter().find(here).map(|(_, role)| role)
    }

    /// Whether the account is active.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// Whether this is an API key's view of its owner.
    pub fn is_limited(&self) -> bool {
        self.limit.is_some()
    }
}
