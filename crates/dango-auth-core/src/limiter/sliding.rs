//! The literal limit: never more than N in any window.

use chrono::{DateTime, Utc};

use super::{LimitDecision, Rate, Recent, whole_seconds};

/// Admits at most N requests in any window, by remembering when each of them came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlidingLimit {
    rate: Rate,
}

impl SlidingLimit {
    /// A limit with this rate; it keeps up to that many instants per key.
    pub const fn new(rate: Rate) -> Self {
        Self { rate }
    }

    /// The rate.
    pub const fn rate(self) -> Rate {
        self.rate
    }

    /// Decides about a request now and, if it is admitted, counts it in `recent`.
    pub fn admit(self, recent: &mut Recent, now: DateTime<Utc>) -> LimitDecision {
        recent.forget_before(now, self.rate.window());
        let bound = self.rate.requests() as usize;
        let blocking = recent.blocking(bound);
        if blocking.is_none() {
            recent.push(now);
        }
        let counted = u32::try_from(recent.len()).unwrap_or(u32::MAX);
        let until_gone = |at: i64| {
            let age = now.timestamp_micros().saturating_sub(at);
            whole_seconds(self.rate.window_micros().saturating_sub(age))
        };
        LimitDecision {
            admitted: blocking.is_none(),
            limit: self.rate.requests(),
            remaining: self.rate.requests().saturating_sub(counted),
            retry_after_seconds: blocking.map_or(0, until_gone),
            reset_after_seconds: recent
                .newest()
                .map_or(0, |at| until_gone(at.timestamp_micros())),
        }
    }
}
