//! The generic cell rate algorithm: a burst of N, then one for each N-th of the window.

use chrono::{DateTime, TimeDelta, Utc};

use super::{LimitDecision, Rate, whole_seconds};

/// Admits a burst of N requests and after it one every window/N, by remembering a single instant per key.
///
/// That instant is the *theoretical arrival time*: the moment at which the key's whole burst is there again.
/// In SQL one statement does the same: set `tat = max(tat, now) + interval` where
/// `max(tat, now) + interval - now <= span`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurstLimit {
    rate: Rate,
}

impl BurstLimit {
    /// A limit with this rate.
    pub const fn new(rate: Rate) -> Self {
        Self { rate }
    }

    /// The rate.
    pub const fn rate(self) -> Rate {
        self.rate
    }

    /// Time that one request costs: window / N, at least a microsecond.
    pub fn interval(self) -> TimeDelta {
        TimeDelta::microseconds(self.interval_micros())
    }

    /// Time that N requests cost: how far ahead of now the stored instant may be.
    pub fn span(self) -> TimeDelta {
        TimeDelta::microseconds(self.span_micros())
    }

    /// Decides about a request now; `full_again_at` is the key's stored instant, `None` for a new key.
    ///
    /// When the request is admitted, the second value is the instant to store. An instant over a span further
    /// ahead than it can get was left by a clock that was wrong, and counts as none.
    pub fn admit(
        self,
        full_again_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> (LimitDecision, Option<DateTime<Utc>>) {
        let now_micros = now.timestamp_micros();
        let stored = full_again_at.map_or(now_micros, |at| at.timestamp_micros());
        let ahead = stored.saturating_sub(now_micros);
        let backlog = if ahead > 2 * self.span_micros() {
            0
        } else {
            ahead.clamp(0, self.span_micros())
        };
        let with_this = backlog + self.interval_micros();
        let admitted = with_this <= self.span_micros();
        let owed = if admitted { with_this } else { backlog };
        let free = (self.span_micros() - owed) / self.interval_micros();
        let decision = LimitDecision {
            admitted,
            limit: self.rate.requests(),
            remaining: u32::try_from(free).unwrap_or(u32::MAX),
            retry_after_seconds: if admitted {
                0
            } else {
                whole_seconds(with_this - self.span_micros())
            },
            reset_after_seconds: whole_seconds(owed),
        };
        let store = admitted.then(|| {
            now.checked_add_signed(TimeDelta::microseconds(owed))
                .unwrap_or(DateTime::<Utc>::MAX_UTC)
        });
        (decision, store)
    }

    fn interval_micros(self) -> i64 {
        (self.rate.window_micros() / i64::from(self.rate.requests())).max(1)
    }

    fn span_micros(self) -> i64 {
        self.interval_micros() * i64::from(self.rate.requests())
    }
}
