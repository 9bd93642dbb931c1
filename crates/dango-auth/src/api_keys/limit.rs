//! What a key may do at most, from a request to the policy's terms.

use dango_auth_core::name::{RoleName, WorkspaceName};
use dango_auth_core::policy::KeyLimit;
use dango_auth_store::ReadTx;
use dango_auth_store::ports::WorkspaceReads as _;

use super::ApiKeys;
use crate::error::Error;
use crate::users::AccessRequest;

/// What a key may do at most, in the words of a request.
#[derive(Clone, Debug, Default)]
pub enum LimitRequest {
    /// As much as its owner.
    #[default]
    Owner,
    /// The Dango family's form: a role, some workspaces, or both.
    Narrow {
        /// At most this role.
        role: Option<String>,
        /// Only in these workspaces.
        workspaces: Option<Vec<String>>,
    },
    /// The v1 family's form: a role and workspace access of its own.
    Access {
        /// At most this role.
        role: String,
        /// Where, and as what at most.
        access: Option<AccessRequest>,
    },
}

impl LimitRequest {
    /// The workspaces it names, each with its field.
    fn workspaces(&self) -> Vec<(String, &str)> {
        match self {
            Self::Narrow {
                workspaces: Some(names),
                ..
            } => {
                let numbered = names.iter().enumerate();
                numbered
                    .map(|(at, name)| (format!("workspaces[{at}]"), name.as_str()))
                    .collect()
            }
            Self::Access {
                access: Some(access),
                ..
            } => {
                let grants = access.grants.iter().enumerate();
                grants
                    .map(|(at, (name, _))| {
                        let field = format!("workspace_access.grants[{at}].workspace");
                        (field, name.as_str())
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

impl ApiKeys<'_> {
    /// A request for a limit as the policy understands it.
    pub(super) fn parse_limit(&self, request: &LimitRequest) -> Result<KeyLimit, Error> {
        match request {
            LimitRequest::Owner => Ok(KeyLimit::default()),
            LimitRequest::Narrow { role, workspaces } => {
                let role = role
                    .as_deref()
                    .map(|role| self.auth.parse_role(role))
                    .transpose()?;
                let workspaces = workspaces.as_deref().map(parse_workspaces).transpose()?;
                Ok(KeyLimit::new(role, workspaces))
            }
            LimitRequest::Access { role, access } => {
                let role: RoleName = self.auth.parse_role(role)?;
                let everywhere = AccessRequest::everywhere();
                let access = self
                    .auth
                    .parse_access(access.as_ref().unwrap_or(&everywhere), &role)?;
                Ok(KeyLimit::from_access(role, &access))
            }
        }
    }
}

fn parse_workspaces(names: &[String]) -> Result<Vec<WorkspaceName>, Error> {
    if names.is_empty() {
        return Err(Error::field(
            "workspaces",
            "empty",
            "name at least one workspace",
        ));
    }
    let parse = |(index, name): (usize, &String)| {
        WorkspaceName::parse(name)
            .map_err(|error| Error::name(&format!("workspaces[{index}]"), &error))
    };
    names.iter().enumerate().map(parse).collect()
}

/// Refuses a key for a workspace that is not there: a key narrows rights and so makes nothing.
pub(super) fn require_workspaces(tx: &mut ReadTx<'_>, limit: &LimitRequest) -> Result<(), Error> {
    for (field, name) in limit.workspaces() {
        let parsed = WorkspaceName::parse(name).map_err(|error| Error::name(&field, &error))?;
        if tx.workspace_by_name(&parsed)?.is_none() {
            let text = format!("there is no workspace {parsed}; create it first");
            return Err(Error::field(field, "unknown_workspace", text));
        }
    }
    Ok(())
}
