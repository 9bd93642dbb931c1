//! Who may go where: access everywhere, or a role per workspace.

mod error;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::error::Problem;
pub use self::error::{AccessError, AccessField};
use crate::name::{RoleName, WorkspaceName};
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

    /// A short text for the audit log: `everywhere`, `nowhere`, or `ops:operator prod:viewer`.
    pub fn describe(&self) -> String {
        match self {
            Self::Everywhere => "everywhere".to_owned(),
            Self::Only(grants) if grants.is_empty() => "nowhere".to_owned(),
            Self::Only(grants) => {
                let grant = |grant: &Grant| format!("{}:{}", grant.workspace, grant.role);
                grants.iter().map(grant).collect::<Vec<_>>().join(" ")
            }
        }
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
