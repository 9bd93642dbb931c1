//! Answers kept for requests that are repeated.

use chrono::{DateTime, Utc};

use crate::Answer;

/// A kept answer to a request that may be repeated.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// Hash of the request it answered.
    pub fingerprint: [u8; 32],
    /// Status and body as the front end encoded them; sealed at rest.
    pub answer: Vec<u8>,
}

/// `Idempotency-Key` answers, looked up.
pub trait IdempotencyReads {
    /// The kept answer to this caller's key.
    fn kept_answer(
        &mut self,
        caller: &str,
        key: &str,
        now: DateTime<Utc>,
    ) -> Answer<Option<KeptAnswer>>;
}

/// `Idempotency-Key` answers, kept for 24 hours.
pub trait IdempotencyWrites {
    /// Keeps an answer.
    fn keep_answer(
        &mut self,
        caller: &str,
        key: &str,
        answer: &KeptAnswer,
        expires_at: DateTime<Utc>,
    ) -> Answer<()>;
    /// Removes lapsed ones.
    fn sweep_answers(&mut self, now: DateTime<Utc>, limit: u32) -> Answer<u64>;
}
