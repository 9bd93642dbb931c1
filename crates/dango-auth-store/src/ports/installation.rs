//! The installation as a whole.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::Event;
use dango_auth_core::token::TokenHash;

use crate::Answer;

/// Where the installation stands.
#[derive(Clone, Debug, Default)]
pub struct Installation {
    /// When the first administrator was made; setup stays closed for ever after.
    pub setup_completed_at: Option<DateTime<Utc>>,
    /// Hash and end of the setup link's token.
    pub setup_token: Option<(TokenHash, DateTime<Utc>)>,
    /// Whether sign-in was switched off by an administrator.
    pub auth_disabled: bool,
}

/// What every request depends on, whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The counter that rises with every security-relevant change, as [`InstallationReads::epoch`].
    pub epoch: i64,
    /// Whether sign-in was switched off by an administrator.
    pub auth_disabled: bool,
}

/// A setting changed at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSetting {
    /// Its name.
    pub name: String,
    /// Its value as JSON text.
    pub value: String,
    /// Who set it.
    pub updated_by: String,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// Asking about the installation.
pub trait InstallationReads {
    /// Where it stands.
    fn installation(&mut self) -> Answer<Installation>;
    /// The epoch and the switch, in one query.
    fn standing(&mut self) -> Answer<Standing>;
    /// Settings changed at run time, by name.
    fn stored_settings(&mut self) -> Answer<Vec<StoredSetting>>;
    /// The counter that rises with every security-relevant change, as this transaction found it: its
    /// own change may yet be taken back, so what is cached under the number must not hold it.
    fn epoch(&mut self) -> Answer<i64>;
}

/// Changing the installation.
pub trait InstallationChanges {
    /// Closes setup for ever; Conflict when it is closed already.
    fn complete_setup(&mut self, at: DateTime<Utc>) -> Answer<()>;
    /// Replaces the setup link's token.
    fn put_setup_token(&mut self, token: &TokenHash, expires_at: DateTime<Utc>) -> Answer<()>;
    /// Switches sign-in on or off.
    fn set_auth_disabled(&mut self, disabled: bool, event: Event) -> Answer<()>;
    /// Sets a setting.
    fn put_setting(&mut self, setting: &StoredSetting, event: Event) -> Answer<()>;
    /// Removes a setting.
    fn remove_setting(&mut self, name: &str, event: Event) -> Answer<()>;
}
