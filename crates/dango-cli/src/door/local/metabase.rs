//! Metabase, which is asked from this machine.

use dango_auth::metabase::{MetabaseError, Round};
use dango_auth::view::{ComparisonObject, SyncObject};

use super::Local;
use crate::door::Answer;
use crate::exit::Exit;
use crate::fault::Fault;

impl Local {
    /// Compares everybody; nothing changes.
    pub(crate) fn check_metabase(&self) -> Answer<ComparisonObject> {
        let found = self.auth.metabase().check(&self.caller)?;
        Ok(ComparisonObject::from(&found))
    }

    /// Brings everybody in line; `watch` hears of each person.
    pub(crate) fn sync_metabase(&self, watch: impl FnMut(&Round)) -> Answer<SyncObject> {
        let done = self.auth.metabase().sync(&self.caller, watch)?;
        Ok(SyncObject::from(&done))
    }
}

impl From<MetabaseError> for Fault {
    fn from(error: MetabaseError) -> Self {
        let message = error.to_string();
        match error {
            MetabaseError::Auth(error) => error.into(),
            MetabaseError::NotConfigured => {
                Self::new(Exit::Refused, "metabase_not_configured", message)
                    .with_next_step("see docs/how-to/metabase.md")
            }
            MetabaseError::Unavailable(_) => {
                Self::new(Exit::Unavailable, "metabase_unavailable", message)
                    .with_next_step("what waits is kept; try again when Metabase answers")
            }
        }
    }
}
