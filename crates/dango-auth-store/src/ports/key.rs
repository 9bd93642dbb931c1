//! The key that secrets are sealed under.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::Event;
use dango_auth_core::seal::{KeyId, MasterKey};

use crate::Answer;

/// Which keys the database knows of, by their public ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStanding {
    /// The one in force.
    pub current: KeyId,
    /// Those it replaced, oldest first.
    pub replaced: Vec<KeyId>,
    /// The one that rows may still be sealed under, while a change is not finished.
    pub unfinished: Option<KeyId>,
}

/// Asking about keys.
pub trait KeyReads {
    /// Which key is in force and which were.
    fn key_standing(&mut self) -> Answer<KeyStanding>;
}

/// Replacing the key.
pub trait KeyChanges {
    /// Puts a key in force; what is sealed is sealed anew afterwards. Conflict when the key was in use
    /// before, or when a change is not finished.
    fn replace_key(&mut self, new: &MasterKey, at: DateTime<Utc>) -> Answer<()>;
    /// Notes that nothing needs the key before any more.
    fn finish_key_change(&mut self, at: DateTime<Utc>, event: Event) -> Answer<()>;
}
