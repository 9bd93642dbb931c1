//! Answers to requests that may be repeated, kept so that repeating makes nothing twice.

use chrono::Duration;
use dango_auth_store::ports::{IdempotencyWrites as _, KeptAnswer};

use crate::auth::Auth;
use crate::error::Error;

/// How long an answer is kept.
const LIFETIME: Duration = Duration::hours(24);

/// Kept answers.
#[derive(Clone, Copy)]
pub struct KeptAnswers<'a> {
    auth: &'a Auth,
}

impl<'a> KeptAnswers<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// The answer kept for this caller's key, if there is one.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn recall(&self, caller: &str, key: &str) -> Result<Option<KeptAnswer>, Error> {
        let now = self.auth.now();
        self.auth
            .inner
            .store
            .write(|tx| Ok(tx.kept_answer(caller, key, now)?))
    }

    /// Keeps an answer for 24 hours, sealed at rest.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn keep(
        &self,
        caller: &str,
        key: &str,
        fingerprint: [u8; 32],
        answer: Vec<u8>,
    ) -> Result<(), Error> {
        let kept = KeptAnswer {
            fingerprint,
            answer,
        };
        let expires_at = self.auth.now() + LIFETIME;
        self.auth
            .inner
            .store
            .write(|tx| Ok(tx.keep_answer(caller, key, &kept, expires_at)?))
    }
}
