//! A device that has signed in to an account before.

use chrono::{DateTime, Utc};

use super::limits::DEVICE_CEILING;
use super::series::{Series, SeriesRule};
use super::{
    Admission, LockoutEvent, LockoutLayer, LockoutLimits, Outcome, Refusal, Reservation, Settlement,
};

/// Failures of one known device on its account.
///
/// ```text
///  known ──5th failure──▶ locked 15 min ──time──▶ known ──10th failure in a row──▶ forgotten
///    ▲                                              │
///    └───────────────── success ────────────────────┘
/// ```
///
/// Only the device's own failures count here. A stolen device cookie is worth ten guesses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeviceState {
    pub(super) series: Series,
    /// Failures since the last success, whatever locks came between.
    pub(super) in_a_row: u32,
}

impl DeviceState {
    /// False once the device has failed ten times in a row: treat it as a stranger.
    pub fn is_known(&self) -> bool {
        self.in_a_row < DEVICE_CEILING
    }

    /// Why an attempt now would be refused; `None` when it would not.
    pub fn refusal(&self, now: DateTime<Utc>) -> Option<Refusal> {
        let until = self.series.locked_until(now)?;
        Some(Refusal::new(LockoutLayer::Device, until))
    }

    /// Counts an attempt, unless it is refused.
    pub fn reserve(&mut self, limits: LockoutLimits, now: DateTime<Utc>) -> Admission<Reservation> {
        if let Some(refusal) = self.refusal(now) {
            return Admission::Refused(refusal);
        }
        self.in_a_row = self.in_a_row.saturating_add(1);
        Admission::Proceed(self.series.count(rule(limits), now))
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
            Outcome::Released => {
                if self.series.still_counts(reservation) {
                    self.in_a_row = self.in_a_row.saturating_sub(1);
                }
                self.series.release(reservation, now);
            }
            Outcome::Failed => {
                let locked = self.series.fail(reservation, rule(limits), now);
                settlement.events.extend(
                    locked.map(|until| {
                        LockoutEvent::Locked(Refusal::new(LockoutLayer::Device, until))
                    }),
                );
                if !self.is_known() {
                    settlement.events.push(LockoutEvent::DeviceForgotten);
                }
                settlement.refusal = self.refusal(now);
            }
        }
        settlement
    }
}

fn rule(limits: LockoutLimits) -> SeriesRule {
    SeriesRule {
        max_attempts: limits.max_attempts(),
        first_lock: limits.lock(),
        doubles: false,
    }
}
