//! One account from one source.

use chrono::{DateTime, Utc};

use super::series::{Series, SeriesRule};
use super::{
    Admission, LockoutEvent, LockoutLayer, LockoutLimits, Outcome, Refusal, Reservation, Settlement,
};

/// Failures of one account from one source, and the lock they lead to.
///
/// ```text
///  open ──5th failure──▶ locked 15 min ──time──▶ open ──5th failure──▶ locked 30 min ─ … ─▶ locked 24 h
///    ▲                                                                                         │
///    └──────────────── success, unlock, or 24 hours without a failure ─────────────────────────┘
/// ```
///
/// The same machine throttles the password prompts inside a session, with the session as its source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PairState {
    pub(super) series: Series,
}

impl PairState {
    /// Why an attempt now would be refused; `None` when it would not.
    pub fn refusal(&self, now: DateTime<Utc>) -> Option<Refusal> {
        let until = self.series.locked_until(now)?;
        Some(Refusal::new(LockoutLayer::Pair, until))
    }

    /// Counts an attempt, unless it is refused.
    pub fn reserve(&mut self, limits: LockoutLimits, now: DateTime<Utc>) -> Admission<Reservation> {
        match self.refusal(now) {
            Some(refusal) => Admission::Refused(refusal),
            None => Admission::Proceed(self.count(limits, now)),
        }
    }

    /// Settles an attempt that was counted.
    pub fn settle(
        &mut self,
        reservation: &Reservation,
        outcome: Outcome,
        limits: LockoutLimits,
        now: DateTime<Utc>,
    ) -> Settlement {
        let mut settlement = Settlement::default();
        match outcome {
            Outcome::Succeeded => *self = Self::default(),
            Outcome::Released => self.series.release(reservation, now),
            Outcome::Failed => {
                let locked = self.series.fail(reservation, rule(limits), now);
                settlement
                    .events
                    .extend(locked.map(|until| {
                        LockoutEvent::Locked(Refusal::new(LockoutLayer::Pair, until))
                    }));
                settlement.refusal = self.refusal(now);
            }
        }
        settlement
    }

    /// From then on the row means nothing and may be deleted; `None` for a row without content.
    pub fn forgotten_at(&self) -> Option<DateTime<Utc>> {
        self.series.forgotten_at()
    }

    pub(super) fn count(&mut self, limits: LockoutLimits, now: DateTime<Utc>) -> Reservation {
        self.series.count(rule(limits), now)
    }
}

fn rule(limits: LockoutLimits) -> SeriesRule {
    SeriesRule {
        max_attempts: limits.max_attempts(),
        first_lock: limits.lock(),
        doubles: true,
    }
}
