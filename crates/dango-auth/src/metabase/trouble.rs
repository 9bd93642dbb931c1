//! Why something could not be done in Metabase.

use crate::error::Error;

/// Why something could not be done in Metabase. No variant holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nobody can be brought in line now: no answer, no sign-in, overload.
    #[error("{0}")]
    Outage(String),
    /// Metabase refuses this person's change, and would again.
    #[error("{0}")]
    Refused(String),
    /// It failed for this person, and may not the next time.
    #[error("{0}")]
    Failing(String),
    /// The program is about to end.
    #[error("the program is about to end")]
    Stopped,
    /// Our own store failed.
    #[error(transparent)]
    Own(#[from] Error),
}

impl From<dango_auth_store::StoreError> for Trouble {
    fn from(error: dango_auth_store::StoreError) -> Self {
        Self::Own(error.into())
    }
}
