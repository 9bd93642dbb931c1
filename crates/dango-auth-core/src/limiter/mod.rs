//! The arithmetic of request limits: who may go on, how many are left, when to come again.
//!
//! Two kinds, because they promise different things (security research §4.4):
//!
//! | | [`SlidingLimit`] | [`BurstLimit`] (GCRA) |
//! |---|---|---|
//! | used for | sign-in, 10 in 60 s | everything else, 200 in 60 s |
//! | state per key | one instant per admitted request | one instant |
//! | most admitted in any window | N | 2N − 1 |
//!
//! Refused requests are not counted, so hammering does not prolong a refusal. Where the state is kept, in
//! memory or in a shared table, is for the caller.

mod burst;
mod recent;
mod sliding;

pub use burst::BurstLimit;
pub use recent::Recent;
pub use sliding::SlidingLimit;

use chrono::TimeDelta;

/// A number of requests in a window of time, the common setting of both kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    requests: u32,
    window_seconds: u32,
}

/// A rate of no requests, no time, or more than anybody needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate needs 1 to 1000000 requests in 1 to 86400 seconds")]
pub struct InvalidRate;

impl Rate {
    /// `requests` in `window_seconds`.
    ///
    /// # Errors
    /// Zero of either, over a million requests, or more than a day.
    pub const fn new(requests: u32, window_seconds: u32) -> Result<Self, InvalidRate> {
        if requests < 1 || requests > 1_000_000 || window_seconds < 1 || window_seconds > 86_400 {
            return Err(InvalidRate);
        }
        Ok(Self {
            requests,
            window_seconds,
        })
    }

    /// Requests per window.
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// Length of the window.
    pub fn window(self) -> TimeDelta {
        TimeDelta::seconds(self.window_seconds.into())
    }

    fn window_micros(self) -> i64 {
        i64::from(self.window_seconds) * 1_000_000
    }
}

/// The answer to one request, with what the `RateLimit` and `Retry-After` headers say.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitDecision {
    /// Whether the request may go on.
    pub admitted: bool,
    /// Requests per window.
    pub limit: u32,
    /// How many more would be admitted right now.
    pub remaining: u32,
    /// Whole seconds until the next request would be admitted, at least 1; 0 when this one was.
    pub retry_after_seconds: u32,
    /// Whole seconds until the full limit is there again.
    pub reset_after_seconds: u32,
}

/// Rounds up, so that whoever waits that long is not refused again.
fn whole_seconds(micros: i64) -> u32 {
    let seconds = micros.max(0).saturating_add(999_999) / 1_000_000;
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
