//! The configuration: typed values, each with the place it comes from (contract §6).
//!
//! Layers, each winning over the one before: built-in defaults, the profile, the section `auth:` of
//! `.dango/project.yml`, the environment, options on the command line, values set at run time.
//!
//! | layer | how a setting is written |
//! |---|---|
//! | file | nested mappings: `auth: {lockout: {max_attempts: 3}}` |
//! | environment | `DANGO_AUTH__LOCKOUT__MAX_ATTEMPTS=3`; for secrets also `…_FILE` naming a file |
//! | run time, API, `config set` | one flat name, the path with dots: `lockout.max_attempts` |
//!
//! One table ([`keys`]) knows every setting; reading, checking, showing, suggesting and the reference all follow it. A
//! configuration with any fault is not used at all: the error names each fault's place and setting.

mod audit;
mod check;
mod entry;
mod error;
mod file;
pub(crate) mod foreign;
mod given;
mod groups;
mod key;
mod keys;
mod layer;
mod load;
mod metabase;
mod names;
mod origin;
mod parse;
mod reference;
mod runtime;
mod url;
mod variables;
mod yaml;

pub(crate) use entry::display;
pub(crate) use yaml::plain_value;

use dango_auth_core::password::{HashParameters, PasswordRules};

pub use audit::{AuditSettings, StreamSettings, SyslogAddress};
pub use entry::Entry;
pub use error::{Place, SettingError, SettingFault, SettingsError};
pub use groups::{
    Freshness, HashingSettings, InitialAdmin, LockoutSettings, PasswordSettings, Profile,
    RateLimitSettings, RequestBudget, SessionSettings,
};
pub use key::Key;
pub use load::Sources;
pub use metabase::{MetabaseSettings, MetabaseSignIn, MetabaseTarget};
pub use origin::Origin;
pub use reference::reference;
pub use runtime::{RuntimeValue, validate_runtime, validate_runtime_text};
pub use url::{DatabaseUrl, PublicUrl};

/// The settings of a running server or command; share them in an `Arc`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Which built-in session limits apply.
    pub profile: Profile,
    /// How long sessions last.
    pub session: SessionSettings,
    /// When an account is locked towards a source, and for how long.
    pub lockout: LockoutSettings,
    /// How many requests an address may make.
    pub rate_limit: RateLimitSettings,
    /// Whether everybody must set up a second factor.
    pub require_2fa: bool,
    /// What passwords are accepted, and for how long.
    pub password: PasswordSettings,
    /// How long an invite link works, in hours.
    pub invite_hours: u32,
    /// The address people use, where it is configured.
    pub public_url: Option<PublicUrl>,
    /// The database; none means `.dango/auth.db`.
    pub database_url: Option<DatabaseUrl>,
    /// How a server on PostgreSQL knows that what it remembers is still true.
    pub freshness: Freshness,
    /// The first administrator, made when there are no users.
    pub initial_admin: InitialAdmin,
    /// Whether a grant for an unknown workspace registers it.
    pub workspaces_auto_create: bool,
    /// What one password hash costs.
    pub hashing: HashingSettings,
    /// Which log lines a server writes, as in `info,dango_server=debug`; none means `info`.
    pub log_filter: Option<String>,
    /// The Metabase server that follows users and roles.
    pub metabase: MetabaseSettings,
    /// How long events are kept, and where else they go.
    pub audit: AuditSettings,
    password_rules: PasswordRules,
    hash_parameters: HashParameters,
    entries: Vec<Entry>,
    warnings: Vec<String>,
}

impl Settings {
    /// The rules for new passwords.
    pub fn password_rules(&self) -> &PasswordRules {
        &self.password_rules
    }

    /// What a new password hash costs.
    pub fn hash_parameters(&self) -> HashParameters {
        self.hash_parameters
    }

    /// These settings with another cost of password hashes, for tests: the real one makes them slow.
    #[must_use]
    pub fn with_hash_parameters(self, hash_parameters: HashParameters) -> Self {
        Self {
            hash_parameters,
            ..self
        }
    }

    /// These settings with those of `names` as they were in `started`.
    pub(crate) fn with_start_of(mut self, started: &Self, names: &[&str]) -> Self {
        self.public_url.clone_from(&started.public_url);
        self.database_url.clone_from(&started.database_url);
        self.freshness = started.freshness;
        self.initial_admin = started.initial_admin.clone();
        self.hashing = started.hashing;
        self.hash_parameters = started.hash_parameters;
        for (entry, old) in self.entries.iter_mut().zip(&started.entries) {
            if names.contains(&old.name()) {
                entry.clone_from(old);
            }
        }
        self
    }

    /// Every setting with its value (secrets left out) and origin, in the order of the reference.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of one setting, by name or alias.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        let key = names::setting(name)?;
        self.entries
            .iter()
            .find(|entry| entry.key().name() == key.name())
    }

    /// Where the value of a setting comes from; nothing when there is no such setting.
    pub fn origin(&self, name: &str) -> Option<&Origin> {
        self.entry(name).map(Entry::origin)
    }

    /// What an operator should know about this configuration although it is usable.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

/// The table of all settings.
pub fn keys() -> &'static [Key] {
    keys::KEYS
}

/// The setting of this name or alias.
pub fn find_key(name: &str) -> Option<&'static Key> {
    names::setting(name)
}
#[cfg(test)]
mod tests;
