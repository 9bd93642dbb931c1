//! Who may go where: access everywhere, or a role per workspace.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::{NameError, RoleName, WorkspaceName};
use crate::policy::Policy;
use crate::role;

/// One workspace and the role held in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// Where.
    pub workspace: WorkspaceName,
    /// As what.
    pub role: RoleName,
}

/// The workspaces a user or a key may work in (contract §2).
///
/// | `all` | top-level role | grants | |
/// |---|---|---|---|
/// | `true` | any | none | [`Everywhere`](Self::Everywhere), with the top-level role |
/// | `false` | viewer | one or more, each workspace once, no role `admin` | [`Only`](Self::Only) those |
/// | `false` | any | none | no access; nobody can ask for it, deleting the last workspace leaves it |
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkspaceAccess {
    /// Every workspace, with the top-level role.
    Everywhere,
    /// The workspaces granted, each with its own role; sorted by workspace, each once.
    Only(Grants),
}

/// Grants sorted by workspace, no workspace twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants(Vec<Grant>);

impl std::ops::Deref for Grants {
    type Target = [Grant];

    fn deref(&self) -> &[Grant] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Grants {
    type Item = &'a Grant;
    type IntoIter = std::slice::Iter<'a, Grant>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// A grant as somebody asked for it, not checked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantRequest<'a> {
    /// The workspace's name as given.
    pub workspace: &'a str,
    /// The role's name as given.
    pub role: &'a str,
}

impl WorkspaceAccess {
    /// Checks access that somebody asks for, against the rules of contract §2.
    ///
    /// # Errors
    /// [`AccessError`] naming the first field that breaks a rule.
    pub fn parse(
        all: bool,
        grants: &[GrantRequest<'_>],
        top_role: &RoleName,
        policy: &Policy,
    ) -> Result<Self, AccessError> {
        if all {
            return if grants.is_empty() {
                Ok(Self::Everywhere)
            } else {
                Err(AccessError::new(
                    AccessField::Grants,
                    Problem::GrantsBesideAll,
                ))
            };
        }
        let mut checked = Vec::with_capacity(grants.len());
        let mut seen = BTreeSet::new();
        for (index, grant) in grants.iter().enumerate() {
            let grant = check_grant(index, *grant, policy)?;
            if !seen.insert(grant.workspace.clone()) {
                let problem = Problem::Twice(grant.workspace);
                return Err(AccessError::new(
                    AccessField::GrantWorkspace(index),
                    problem,
                ));
            }
            checked.push(grant);
        }
        if checked.is_empty() {
            return Err(AccessError::new(AccessField::Grants, Problem::NoGrants));
        }
        if *top_role != role::VIEWER {
            return Err(AccessError::new(AccessField::All, Problem::NeedsViewer));
        }
        Ok(Self::from_stored(false, checked))
    }

    /// Access as a store remembers it, which may be `all: false` without grants.
    ///
    /// SECURITY: a workspace that is listed twice is not granted at all, since nobody could say
    /// which of the two roles was meant.
    pub fn from_stored(all: bool, mut grants: Vec<Grant>) -> Self {
        if all {
            return Self::Everywhere;
        }
        grants.sort();
        let by_workspace = grants.chunk_by(|a, b| a.workspace == b.workspace);
        let single = by_workspace.filter(|chunk| chunk.len() == 1);
        Self::Only(Grants(single.flatten().cloned().collect()))
    }

    /// No workspace at all.
    pub fn nowhere() -> Self {
        Self::Only(Grants::default())
    }

    /// Whether every workspace is open.
    pub fn is_everywhere(&self) -> bool {
        matches!(self, Self::Everywhere)
    }

    /// The grants; empty for access everywhere.
    pub fn grants(&self) -> &[Grant] {
        match self {
            Self::Everywhere => &[],
            Self::Only(grants) => grants,
        }
    }
}

fn check_grant(
    index: usize,
    grant: GrantRequest<'_>,
    policy: &Policy,
) -> Result<Grant, AccessError> {
    let at_role = |problem| AccessError::new(AccessField::GrantRole(index), problem);
    let at_workspace = |problem| AccessError::new(AccessField::GrantWorkspace(index), problem);
    if grant.role == role::ADMIN.as_str() {
        return Err(at_role(Problem::AdminGrant));
    }
    let Some(role) = policy.role_named(grant.role) else {
        let suggestion = policy.nearest_role(grant.role).map(str::to_owned);
        return Err(at_role(Problem::UnknownRole { suggestion }));
    };
    let workspace = WorkspaceName::parse(grant.workspace)
        .map_err(|error| at_workspace(Problem::Workspace(error)))?;
    Ok(Grant {
        workspace,
        role: role.name().clone(),
    })
}

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
enum Problem {
    GrantsBesideAll,
    NoGrants,
    NeedsViewer,
    AdminGrant,
    UnknownRole { suggestion: Option<String> },
    Twice(WorkspaceName),
    Workspace(NameError),
}

impl AccessError {
    const fn new(field: AccessField, problem: Problem) -> Self {
        Self { field, problem }
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
