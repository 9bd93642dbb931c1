//! Reading the configuration again while the program runs.

use dango_auth_core::policy::PolicyError;

use crate::auth::Auth;
use crate::error::Error;
use crate::live_policy::PolicyFault;
use crate::policy_file::PolicyFileError;
use crate::settings::{Settings, SettingsError};

/// Settings that count only from the next start on, because what they decide is made by then.
const AT_START: [&str; 8] = [
    "public_url",
    "database_url",
    "freshness",
    "initial_admin.email",
    "initial_admin.password",
    "hashing.memory_kib",
    "hashing.iterations",
    "hashing.parallelism",
];

/// What reading the configuration again has changed; secrets cannot be compared and are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// Settings whose new value is in force now.
    pub taken: Vec<&'static str>,
    /// Settings whose new value counts from the next start on.
    pub waiting: Vec<&'static str>,
    /// Whether the policy file says something else than before, which is in force now.
    pub policy: bool,
}

/// Why nothing was taken over.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The file or the environment.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The policy file.
    #[error(transparent)]
    PolicyFile(#[from] PolicyFileError),
    /// The policy lacks a permission that the program requires.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The values set at run time do not fit on top, or the database does not answer.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<PolicyFault> for ReloadError {
    fn from(fault: PolicyFault) -> Self {
        match fault {
            PolicyFault::File(error) => Self::PolicyFile(error),
            PolicyFault::Lacks(error) => Self::Policy(error),
        }
    }
}

impl Auth {
    /// Reads `.dango/project.yml` and the policy file again; all of it or, where one of them has a fault,
    /// nothing is taken over.
    ///
    /// # Errors
    /// [`ReloadError`]; the settings are as they were then.
    pub fn reload(&self) -> Result<Reloaded, ReloadError> {
        let before = self.inner.settings.base();
        let read = Settings::load(&self.inner.sources)?;
        let policy = self.inner.policy.read_again()?;
        let mut reloaded = Reloaded {
            policy: policy.is_some(),
            ..Reloaded::default()
        };
        for (old, new) in before.entries().iter().zip(read.entries()) {
            if old.value() == new.value() {
                continue;
            }
            if AT_START.contains(&new.name()) {
                reloaded.waiting.push(new.name());
            } else {
                reloaded.taken.push(new.name());
            }
        }
        self.inner
            .settings
            .replace(read.with_start_of(&before, &AT_START));
        if let Err(error) = self.settings() {
            self.inner.settings.replace(before.as_ref().clone());
            return Err(error.into());
        }
        if let Some(policy) = policy {
            self.inner.policy.replace(policy);
            // Whoever was recognised by the policy before is forgotten.
            self.inner.settings.count_replaced();
        }
        Ok(reloaded)
    }
}
