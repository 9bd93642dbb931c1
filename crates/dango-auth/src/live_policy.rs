//! The policy in force, which is read again while the program runs.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use dango_auth_core::policy::{Policy, PolicyError};

use crate::policy_file::{PolicyFileError, read_policy_if_any};

/// Where roles and permissions come from.
#[derive(Clone, Debug)]
pub(crate) struct PolicySource {
    /// Those that the file adds to.
    pub(crate) base: Policy,
    /// The policy file, which need not exist.
    pub(crate) file: Option<PathBuf>,
    /// Names of permissions that must exist in the end.
    pub(crate) required: Vec<&'static str>,
}

/// A policy that is not put in force.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PolicyFault {
    #[error(transparent)]
    File(#[from] PolicyFileError),
    #[error(transparent)]
    Lacks(#[from] PolicyError),
}

impl PolicySource {
    /// The policy with the additions of its file, checked.
    pub(crate) fn read(&self) -> Result<Policy, PolicyFault> {
        let base = self.base.clone();
        let policy = match &self.file {
            Some(path) => read_policy_if_any(base, path)?,
            None => base,
        };
        for name in &self.required {
            policy.require_permission(name)?;
        }
        Ok(policy)
    }
}

/// The policy in force and where the next one comes from.
pub(crate) struct LivePolicy {
    source: PolicySource,
    current: RwLock<Arc<Policy>>,
}

impl LivePolicy {
    pub(crate) fn new(source: PolicySource) -> Result<Self, PolicyFault> {
        let current = RwLock::new(Arc::new(source.read()?));
        Ok(Self { source, current })
    }

    pub(crate) fn current(&self) -> Arc<Policy> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again, without putting it in force; nothing where nothing has changed.
    pub(crate) fn read_again(&self) -> Result<Option<Policy>, PolicyFault> {
        let read = self.source.read()?;
        Ok((read.matrix() != self.current().matrix()).then_some(read))
    }

    pub(crate) fn replace(&self, policy: Policy) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }
}
