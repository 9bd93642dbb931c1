//! Looking at a policy file without putting it into force.

use std::path::PathBuf;

use dango_auth::core::permission::{Domain, PermissionInfo};
use dango_auth::core::policy::Policy;
use dango_auth::ports::RoleUse;
use dango_auth::{Auth, OpenError, ProjectErrorKind, StoreError, read_policy};
use serde::Serialize;

use super::{Local, open};
use crate::arguments::Global;
use crate::door::Answer;

/// What a policy file adds, and which stored roles it lacks.
#[derive(Debug, Serialize)]
pub(crate) struct PolicyReport {
    /// The file; none when only the built-in roles are in force.
    pub(crate) file: Option<PathBuf>,
    /// Added domains.
    pub(crate) domains: Vec<String>,
    /// Added permissions.
    pub(crate) permissions: Vec<String>,
    /// Added roles.
    pub(crate) roles: Vec<String>,
    /// Roles that are stored and not known.
    pub(crate) unknown_roles: Vec<UnknownRole>,
}

/// A role that is stored and not known.
#[derive(Debug, Serialize)]
pub(crate) struct UnknownRole {
    /// Its name.
    pub(crate) role: String,
    /// People who have it.
    pub(crate) people: u64,
    /// Grants of it in workspaces.
    pub(crate) grants: u64,
    /// Limits of API keys that name it.
    pub(crate) keys: u64,
}

impl Local {
    /// Reads a policy file, the project's own unless another is given, and compares it with what is stored.
    ///
    /// # Errors
    /// When the file does not fit together, or the installation cannot be opened.
    pub(crate) fn check_policy(global: &Global, file: Option<PathBuf>) -> Answer<PolicyReport> {
        let mut options = match open::of(global) {
            Ok(options) => options,
            // A file can be looked at anywhere.
            Err(fault) => {
                let Some(file) = file else {
                    return Err(fault);
                };
                let policy = read_policy(Policy::builtin(), &file)?;
                return Ok(PolicyReport::new(Some(file), &policy, &[]));
            }
        };
        let file = file.or_else(|| options.policy_file.take().filter(|file| file.exists()));
        let policy = match &file {
            Some(file) => read_policy(options.policy.clone(), file)?,
            None => options.policy.clone(),
        };
        options.policy_file.clone_from(&file);
        let unknown = match Auth::open(options) {
            Ok(auth) => {
                let local = Self::new(auth);
                local.auth.status().report(&local.caller)?.unknown_roles
            }
            Err(OpenError::Store(StoreError::Missing { .. })) => Vec::new(),
            Err(OpenError::Project(error)) if error.kind() == ProjectErrorKind::KeyMissing => {
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        Ok(PolicyReport::new(file, &policy, &unknown))
    }
}

impl PolicyReport {
    fn new(file: Option<PathBuf>, policy: &Policy, unknown: &[RoleUse]) -> Self {
        let builtin = Policy::builtin();
        let (ours, base) = (policy.catalog(), builtin.catalog());
        let domains = ours.domains().iter().map(Domain::name);
        let permissions = ours.permissions().iter().map(PermissionInfo::name);
        let roles = policy.roles().iter().filter(|role| !role.is_builtin());
        Self {
            file,
            domains: domains
                .filter(|name| base.find_domain(name).is_none())
                .map(str::to_owned)
                .collect(),
            permissions: permissions
                .filter(|name| base.find(name).is_none())
                .map(str::to_owned)
                .collect(),
            roles: roles.map(|role| role.name().to_string()).collect(),
            unknown_roles: unknown.iter().map(UnknownRole::from).collect(),
        }
    }
}

impl From<&RoleUse> for UnknownRole {
    fn from(used: &RoleUse) -> Self {
        Self {
            role: used.role.to_string(),
            people: used.people,
            grants: used.grants,
            keys: used.keys,
        }
    }
}
