//! Roles: named sets of permissions.

use std::borrow::Cow;

use crate::name::RoleName;
use crate::permission::builtin as p;
use crate::permission::{Catalog, Permission, PermissionSet};

/// `viewer`: looks at everything that is not secret.
pub const VIEWER: RoleName = RoleName::from_static("viewer");
/// `operator`: runs and monitors without editing.
pub const OPERATOR: RoleName = RoleName::from_static("operator");
/// `editor`: builds sources, models, dashboards and notebooks.
pub const EDITOR: RoleName = RoleName::from_static("editor");
/// `developer`: an editor who decides what runs when.
pub const DEVELOPER: RoleName = RoleName::from_static("developer");
/// `manager`: administration without people.
pub const MANAGER: RoleName = RoleName::from_static("manager");
/// `admin`: every permission, also those added later.
pub const ADMIN: RoleName = RoleName::from_static("admin");

/// One role, as the number a policy gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId(pub(crate) u16);

/// A named permission set.
#[derive(Debug, Clone)]
pub struct Role {
    pub(crate) id: RoleId,
    pub(crate) name: RoleName,
    pub(crate) title: Cow<'static, str>,
    pub(crate) description: Cow<'static, str>,
    pub(crate) permissions: PermissionSet,
    pub(crate) wildcard: bool,
    pub(crate) builtin: bool,
}

impl Role {
    /// Its number in the policy.
    #[inline]
    pub fn id(&self) -> RoleId {
        self.id
    }

    /// Its name, such as `editor`.
    pub fn name(&self) -> &RoleName {
        &self.name
    }

    /// The word people read, such as `Editor`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// One sentence on who it is for.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Everything it permits; for the wildcard, everything there is.
    #[inline]
    pub fn permissions(&self) -> &PermissionSet {
        &self.permissions
    }

    /// Whether it holds the wildcard `*`, so every permission whoever added it.
    pub fn is_wildcard(&self) -> bool {
        self.wildcard
    }

    /// Whether it is one of the six of contract §2.
    pub fn is_builtin(&self) -> bool {
        self.builtin
    }
}

/// One row of the built-in table: the role adds `adds` to the row before it.
struct BuiltinRole {
    name: RoleName,
    title: &'static str,
    description: &'static str,
    adds: &'static [Permission],
}

/// The nested roles of contract §2, smallest first; admin follows with the wildcard.
const NESTED: [BuiltinRole; 5] = [
    BuiltinRole {
        name: VIEWER,
        title: "Viewer",
        description: "Looks at everything that is not secret and changes nothing.",
        adds: &[
            p::SOURCE_VIEW,
            p::DBT_VIEW,
            p::DASHBOARD_VIEW,
            p::HEALTH_VIEW,
            p::LOGS_VIEW,
            p::NOTEBOOKS_VIEW,
            p::GOVERNANCE_VIEW,
            p::SCHEDULER_VIEW,
        ],
    },
    BuiltinRole {
        name: OPERATOR,
        title: "Operator",
        description: "Runs what others have built and watches it, without editing.",
        adds: &[p::SOURCE_SYNC, p::DBT_RUN, p::NOTEBOOKS_EXECUTE],
    },
    BuiltinRole {
        name: EDITOR,
        title: "Editor",
        description: "Builds: sources, models, dashboards, notebooks and queries.",
        adds: &[
            p::SOURCE_MANAGE,
            p::CSV_UPLOAD,
            p::CSV_DELETE,
            p::DBT_MANAGE,
            p::DASHBOARD_CREATE,
            p::QUERY_EXECUTE,
            p::CONFIG_VIEW,
            p::NOTEBOOKS_MANAGE,
        ],
    },
    BuiltinRole {
        name: DEVELOPER,
        title: "Developer",
        description: "Builds, and decides what runs when.",
        adds: &[p::SCHEDULER_MANAGE],
    },
    BuiltinRole {
        name: MANAGER,
        title: "Manager",
        description: "Answers for the data and its use, but not for people's accounts.",
        adds: &[
            p::AUDIT_VIEW,
            p::GOVERNANCE_MANAGE,
            p::DASHBOARD_MANAGE,
            p::SOURCE_VIEW_CREDENTIALS,
        ],
    },
];

/// The six built-in roles, smallest first, over a catalogue that begins with the built-in one.
pub(crate) fn builtin_roles(catalog: &Catalog) -> Vec<Role> {
    let mut permissions = PermissionSet::EMPTY;
    let mut roles = Vec::with_capacity(NESTED.len() + 1);
    for (id, row) in (0..).zip(NESTED) {
        permissions = permissions.union(&row.adds.iter().copied().collect());
        roles.push(Role {
            id: RoleId(id),
            name: row.name,
            title: row.title.into(),
            description: row.description.into(),
            permissions,
            wildcard: false,
            builtin: true,
        });
    }
    roles.push(Role {
        id: RoleId(5),
        name: ADMIN,
        title: "Admin".into(),
        description: "Holds every permission, people and sign-in rules included.".into(),
        permissions: catalog.all(),
        wildcard: true,
        builtin: true,
    });
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_roles_nest_with_the_published_counts() {
        let roles = builtin_roles(&Catalog::builtin());
        let counts: Vec<_> = roles
            .iter()
            .map(|role| (role.name().to_string(), role.permissions().len()))
            .collect();
        let expected = [
            ("viewer", 8),
            ("operator", 11),
            ("editor", 19),
            ("developer", 20),
            ("manager", 24),
            ("admin", 29),
        ];
        assert_eq!(
            counts,
            expected.map(|(name, count)| (name.to_owned(), count))
        );
        for pair in roles.windows(2) {
            assert!(pair[0].permissions().is_subset(pair[1].permissions()));
        }
    }

    #[test]
    fn only_admin_holds_the_wildcard() {
        let roles = builtin_roles(&Catalog::builtin());
        let wildcards: Vec<_> = roles.iter().filter(|role| role.is_wildcard()).collect();
        assert_eq!(wildcards.len(), 1);
        assert_eq!(wildcards[0].name(), &ADMIN);
    }

    #[test]
    fn ids_are_positions() {
        for (position, role) in builtin_roles(&Catalog::builtin()).iter().enumerate() {
            assert_eq!(usize::from(role.id().0), position);
        }
    }
}
