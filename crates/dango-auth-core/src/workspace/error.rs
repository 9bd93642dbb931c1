//! Why workspace access was refused.

use std::fmt;

use crate::name::{NameError, WorkspaceName};

/// A rule of workspace access that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessError {
    field: AccessField,
    problem: Problem,
}

/// The place in a request that breaks the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessField {
    /// The switch `all`.
    All,
    /// The list of grants as a whole.
    Grants,
    /// The workspace of the grant at this index.
    GrantWorkspace(usize),
    /// The role of the grant at this index.
    GrantRole(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    GrantsBesideAll,
    NoGrants,
    NeedsViewer,
    AdminGrant,
    UnknownRole { suggestion: Option<String> },
    Twice(WorkspaceName),
    Workspace(NameError),
}

impl AccessError {
    pub(super) const fn new(field: AccessField, problem: Problem) -> Self {
        Self { field, problem }
    }

    /// Somebody with single workspaces whose top-level role is not viewer.
    pub(crate) const fn scoped_role() -> Self {
        Self::new(AccessField::All, Problem::NeedsViewer)
    }

    /// The place as a value, for front ends that spell it differently.
    pub fn at(&self) -> AccessField {
        self.field
    }

    /// The field in the Dango family's spelling, such as `workspace_access.grants[1].role`.
    pub fn field(&self) -> String {
        self.field_under("workspace_access")
    }

    /// The field under another name for the whole, such as `workspaceAccess`.
    pub fn field_under(&self, prefix: &str) -> String {
        match self.field {
            AccessField::All => format!("{prefix}.all"),
            AccessField::Grants => format!("{prefix}.grants"),
            AccessField::GrantWorkspace(index) => format!("{prefix}.grants[{index}].workspace"),
            AccessField::GrantRole(index) => format!("{prefix}.grants[{index}].role"),
        }
    }

    /// The stable `snake_case` code of the rule.
    pub fn code(&self) -> &'static str {
        match &self.problem {
            Problem::GrantsBesideAll => "grants_beside_all",
            Problem::NoGrants => "grants_required",
            Problem::NeedsViewer => "viewer_required",
            Problem::AdminGrant => "admin_grant",
            Problem::UnknownRole { .. } => "unknown_role",
            Problem::Twice(_) => "duplicate_workspace",
            Problem::Workspace(error) => error.code(),
        }
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::GrantsBesideAll => {
                f.write_str("access to all workspaces cannot be combined with grants")
            }
            Problem::NoGrants => {
                f.write_str("access to single workspaces needs at least one grant")
            }
            Problem::NeedsViewer => {
                f.write_str("access to single workspaces needs the top-level role viewer")
            }
            Problem::AdminGrant => f.write_str("admin cannot be granted in a workspace"),
            Problem::UnknownRole { suggestion: None } => f.write_str("there is no such role"),
            Problem::UnknownRole {
                suggestion: Some(name),
            } => {
                write!(f, "there is no such role, did you mean {name}?")
            }
            Problem::Twice(workspace) => write!(f, "workspace {workspace} is granted twice"),
            Problem::Workspace(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AccessError {}
