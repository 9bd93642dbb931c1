//! Keeping the audit log in bounds.

use chrono::{DateTime, Utc};
use dango_auth::audit::AnchorWhen;
use dango_auth::core::name::LoginName;
use serde::Serialize;

use super::Local;
use crate::door::Answer;

/// What was taken out of the log.
#[derive(Debug, Serialize)]
pub(crate) struct PrunedLog {
    /// How many events.
    pub(crate) events: u64,
    /// The last of them.
    pub(crate) through: i64,
}

/// What was erased from the log.
#[derive(Debug, Serialize)]
pub(crate) struct ErasedFromLog {
    /// Events of which a part was erased.
    pub(crate) events: u64,
    /// Events that are too old for it.
    pub(crate) too_old: u64,
}

impl Local {
    /// Takes old events out.
    pub(crate) fn prune_audit(&self, before: DateTime<Utc>) -> Answer<PrunedLog> {
        let pruned = self.auth.audit().prune(&self.caller, before)?;
        Ok(PrunedLog {
            events: pruned.events,
            through: pruned.through,
        })
    }

    /// Erases what names a deleted person.
    pub(crate) fn erase_person(&self, login: &str) -> Answer<ErasedFromLog> {
        let login =
            LoginName::parse(login).map_err(|error| dango_auth::Error::name("email", &error))?;
        let erased = self.auth.audit().erase_person(&self.caller, &login)?;
        Ok(ErasedFromLog {
            events: erased.events,
            too_old: erased.too_old,
        })
    }
}

impl Drop for Local {
    /// What a command did is anchored when it ends; the next server would do it too, but later.
    fn drop(&mut self) {
        // The command itself has succeeded or failed by now; `dango doctor` says what is wrong with the anchors.
        let _ = self.auth.audit().anchor(AnchorWhen::Now);
    }
}
