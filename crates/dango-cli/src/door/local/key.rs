//! The key that everything stored is sealed under.

use std::path::PathBuf;

use dango_auth::TableStep;
use dango_auth::key_change::{KeyChangeError, KeyChanged};
use serde::Serialize;

use super::Local;
use crate::door::Answer;
use crate::exit::Exit;
use crate::fault::Fault;

/// What replacing the key did.
#[derive(Debug, Serialize)]
pub(crate) struct Rotated {
    /// The public id of the key before.
    pub(crate) old_key_id: String,
    /// The public id of the key in force.
    pub(crate) key_id: String,
    /// How many values were sealed anew.
    pub(crate) sealed: u64,
    /// Whether this finished what was begun before.
    pub(crate) resumed: bool,
    /// Where the old key is.
    pub(crate) old_key_file: Option<PathBuf>,
}

impl From<KeyChanged> for Rotated {
    fn from(changed: KeyChanged) -> Self {
        Self {
            old_key_id: changed.old.to_string(),
            key_id: changed.new.to_string(),
            sealed: changed.sealed,
            resumed: changed.resumed,
            old_key_file: changed.old_key_file,
        }
    }
}

impl Local {
    /// Replaces the key, or finishes what was begun.
    pub(crate) fn rotate_key(&self, watch: impl FnMut(TableStep)) -> Answer<Rotated> {
        let changed = self.auth.key_change().replace(&self.caller, watch)?;
        Ok(changed.into())
    }
}

impl From<KeyChangeError> for Fault {
    fn from(error: KeyChangeError) -> Self {
        match error {
            KeyChangeError::Project(error) => error.into(),
            KeyChangeError::Auth(error) => error.into(),
            KeyChangeError::Busy => Self::new(Exit::Refused, "key_change_busy", error.to_string()),
            KeyChangeError::NoNewKey => Self::new(Exit::Refused, "no_new_key", error.to_string())
                .with_next_step("make one: openssl rand -hex 32"),
            other => Self::new(Exit::Unexpected, "internal", other.to_string()),
        }
    }
}
