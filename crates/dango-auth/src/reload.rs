//! Reading the configuration again while the program runs.

use crate::auth::Auth;
use crate::error::Error;
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
}

/// Why nothing was taken over.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The file or the environment.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The values set at run time do not fit on top, or the database does not answer.
    #[error(transparent)]
    Store(#[from] Error),
}

impl Auth {
    /// Reads `.dango/project.yml` again; all of it or, where it has a fault, nothing is taken over.
    ///
    /// # Errors
    /// [`ReloadError`]; the settings are as they were then.
    pub fn reload(&self) -> Result<Reloaded, ReloadError> {
        let before = self.inner.settings.base();
        let read = Settings::load(&self.inner.sources)?;
        let mut reloaded = Reloaded::default();
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
        Ok(reloaded)
    }
}
