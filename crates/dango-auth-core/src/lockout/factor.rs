//! The second factor of one account.

use chrono::{DateTime, Utc};

use super::limits::{FACTOR_ATTEMPTS, FACTOR_CEILING, WINDOW};
use super::series::{Series, SeriesRule};
use super::{Admission, LockoutEvent, LockoutLayer, Outcome, Refusal, Reservation, Settlement};

const RULE: SeriesRule = SeriesRule {
    max_attempts: FACTOR_ATTEMPTS,
    first_lock: WINDOW,
    doubles: false,
};

/// A code that was counted and is to be evaluated.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorReservation {
    series: Reservation,
    /// This is the hundredth code.
    closes_ceiling: bool,
}

/// Wrong codes of one account, from anywhere: whoever gets here knows the password already.
///
/// ```text
///  open ──5th wrong code──▶ locked 15 min ──time──▶ open ─ … ──100th wrong code──▶ locked for good
///    ▲                                                │                                │
///    ├──────────────── right code ────────────────────┘                                │
///    └──────────────── unlock, or the factor is set up anew ───────────────────────────┘
/// ```
///
/// A right password does not reset this, and a right code does not reset the hundred: at three codes in a
/// million, a hundred guesses in all are won with a chance of 0.03 %.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FactorState {
    pub(super) series: Series,
    /// Wrong codes since the factor was set up or unlocked.
    pub(super) total: u32,
}

impl FactorState {
    /// Why a code now would be refused; `None` when it would not.
    pub fn refusal(&self, now: DateTime<Utc>) -> Option<Refusal> {
        if self.total >= FACTOR_CEILING {
            return Some(Refusal {
                layer: LockoutLayer::SecondFactorCeiling,
                until: None,
            });
        }
        let until = self.series.locked_until(now)?;
        Some(Refusal::new(LockoutLayer::SecondFactor, until))
    }

    /// Counts an attempt, unless it is refused.
    pub fn reserve(&mut self, now: DateTime<Utc>) -> Admission<FactorReservation> {
        if let Some(refusal) = self.refusal(now) {
            return Admission::Refused(refusal);
        }
        self.total = self.total.saturating_add(1);
        Admission::Proceed(FactorReservation {
            series: self.series.count(RULE, now),
            closes_ceiling: self.total >= FACTOR_CEILING,
        })
    }

    /// Settles an attempt that was counted.
    pub fn settle(
        &mut self,
        reservation: &FactorReservation,
        outcome: Outcome,
        now: DateTime<Utc>,
    ) -> Settlement {
        let mut settlement = Settlement::default();
        match outcome {
            Outcome::Succeeded => {
                self.total = self.total.saturating_sub(1);
                self.series = Series::default();
            }
            Outcome::Released => {
                self.total = self.total.saturating_sub(1);
                self.series.release(&reservation.series, now);
            }
            Outcome::Failed => {
                let locked = self.series.fail(&reservation.series, RULE, now).is_some();
                settlement.refusal = self.refusal(now);
                if locked || reservation.closes_ceiling {
                    let refusal = settlement.refusal.into_iter();
                    settlement.events.extend(refusal.map(LockoutEvent::Locked));
                }
            }
        }
        settlement
    }
}
