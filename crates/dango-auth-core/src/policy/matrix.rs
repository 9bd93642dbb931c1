//! The role × permission matrix as plain data, for answers, pages and documents.

use serde::Serialize;

use super::Policy;

/// Who may do what, by domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The columns: roles from viewer to admin, then added ones.
    pub roles: Vec<MatrixRole>,
    /// The rows, grouped.
    pub domains: Vec<MatrixDomain>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatrixRole {
    /// The role's name.
    pub name: String,
    /// The word people read.
    pub title: String,
    /// Who it is for.
    pub description: String,
    /// Whether it is one of the six of contract §2.
    pub builtin: bool,
    /// Whether it holds the wildcard.
    pub wildcard: bool,
    /// How many permissions it has.
    pub count: usize,
}

/// One group of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatrixDomain {
    /// The domain's name.
    pub name: String,
    /// The heading people read.
    pub title: String,
    /// Its permissions.
    pub permissions: Vec<MatrixPermission>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatrixPermission {
    /// The permission's name.
    pub name: String,
    /// What it allows.
    pub description: String,
    /// For each role, in the order of the columns, whether it has the permission.
    pub granted: Vec<bool>,
}

impl Policy {
    /// The whole matrix; domains without a permission are left out.
    pub fn matrix(&self) -> Matrix {
        let roles = self.roles().iter().map(|role| MatrixRole {
            name: role.name().to_string(),
            title: role.title().to_owned(),
            description: role.description().to_owned(),
            builtin: role.is_builtin(),
            wildcard: role.is_wildcard(),
            count: role.permissions().len(),
        });
        let domains = self.catalog().domains().iter().map(|domain| MatrixDomain {
            name: domain.name().to_owned(),
            title: domain.title().to_owned(),
            permissions: self
                .catalog()
                .in_domain(domain.id())
                .map(|row| self.row(row))
                .collect(),
        });
        Matrix {
            roles: roles.collect(),
            domains: domains
                .filter(|domain| !domain.permissions.is_empty())
                .collect(),
        }
    }

    fn row(&self, info: &crate::permission::PermissionInfo) -> MatrixPermission {
        let granted = |role: &crate::role::Role| role.permissions().contains(info.permission());
        MatrixPermission {
            name: info.name().to_owned(),
            description: info.description().to_owned(),
            granted: self.roles().iter().map(granted).collect(),
        }
    }
}
