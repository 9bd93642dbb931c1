//! Roles and permissions.

use dango_auth_core::policy::Policy;
use dango_auth_core::role::Role;
use serde::{Deserialize, Serialize};

/// One permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionObject {
    /// Its name, such as `query.execute`.
    pub name: String,
    /// The domain it belongs to, such as `dashboard`.
    pub domain: String,
    /// What it allows.
    pub description: String,
}

/// One role with everything it permits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleObject {
    /// Its name, such as `editor`.
    pub name: String,
    /// The word people read, such as `Editor`.
    pub title: String,
    /// One sentence on who it is for.
    pub description: String,
    /// Whether it is one of the six of contract §2.
    pub builtin: bool,
    /// Whether it holds every permission whoever adds it.
    pub wildcard: bool,
    /// The names of all its permissions, in the order of the catalogue.
    pub permissions: Vec<String>,
}

impl PermissionObject {
    /// All permissions of a policy, in the order of its catalogue.
    pub fn all(policy: &Policy) -> Vec<Self> {
        let catalog = policy.catalog();
        let object = |info: &dango_auth_core::permission::PermissionInfo| Self {
            name: info.name().to_owned(),
            domain: catalog
                .domain(info.domain())
                .map_or("", |domain| domain.name())
                .to_owned(),
            description: info.description().to_owned(),
        };
        catalog.permissions().iter().map(object).collect()
    }
}

impl RoleObject {
    /// Shows one role of a policy.
    pub fn new(role: &Role, policy: &Policy) -> Self {
        let catalog = policy.catalog();
        let permitted = role.permissions();
        let held = catalog
            .permissions()
            .iter()
            .filter(|info| permitted.contains(info.permission()));
        Self {
            name: role.name().as_str().to_owned(),
            title: role.title().to_owned(),
            description: role.description().to_owned(),
            builtin: role.is_builtin(),
            wildcard: role.is_wildcard(),
            permissions: held.map(|info| info.name().to_owned()).collect(),
        }
    }

    /// All roles of a policy, smallest built-in one first.
    pub fn all(policy: &Policy) -> Vec<Self> {
        policy
            .roles()
            .iter()
            .map(|role| Self::new(role, policy))
            .collect()
    }
}
