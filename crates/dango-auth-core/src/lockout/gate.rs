//! The door of the sign-in: all counters that one attempt passes.

use chrono::{DateTime, Utc};

use super::account::AccountReservation;
use super::source::SourceReservation;
use super::{
    AccountKey, AccountState, Admission, DeviceState, LockoutLimits, Outcome, PairState, Refusal,
    Reservation, Settlement, SourceState,
};

/// The rows that judge one sign-in attempt; rows that do not exist are `default()`.
///
/// Read them in the transaction that writes them back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// The device, when the attempt carries the token of one that is known for *this* account.
    pub device: Option<DeviceState>,
    /// This account from this source.
    pub pair: PairState,
    /// This account from all strangers.
    pub account: AccountState,
    /// This source on all accounts; `None` where sources are not judged, as for local peers that skip the
    /// rate limits.
    pub source: Option<SourceState>,
}

/// An attempt that passed the gate; settle it with the same rows, read again.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateReservation(Path);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    Known(Reservation),
    Stranger {
        pair: Reservation,
        account: AccountReservation,
        source: Option<SourceReservation>,
    },
}

impl Gate {
    /// Why an attempt now would be refused; `None` when it would not.
    pub fn refusal(&self, now: DateTime<Utc>) -> Option<Refusal> {
        if let Some(device) = self.known_device() {
            return device.refusal(now);
        }
        let refusals = [
            self.pair.refusal(now),
            self.account.refusal(now),
            self.source.as_ref().and_then(|source| source.refusal(now)),
        ];
        Refusal::longest(refusals.into_iter().flatten())
    }

    /// Counts an attempt on `account` in every row that judges it, unless one of them refuses; then nothing is
    /// counted anywhere.
    pub fn reserve(
        &mut self,
        limits: LockoutLimits,
        account: &AccountKey,
        now: DateTime<Utc>,
    ) -> Admission<GateReservation> {
        if let Some(refusal) = self.refusal(now) {
            return Admission::Refused(refusal);
        }
        if let Some(device) = self.device.as_mut().filter(|device| device.is_known()) {
            return match device.reserve(limits, now) {
                Admission::Proceed(reservation) => {
                    Admission::Proceed(GateReservation(Path::Known(reservation)))
                }
                Admission::Refused(refusal) => Admission::Refused(refusal),
            };
        }
        Admission::Proceed(GateReservation(Path::Stranger {
            pair: self.pair.count(limits, now),
            account: self.account.count(now),
            source: self
                .source
                .as_mut()
                .map(|source| source.count(account, now)),
        }))
    }

    /// Settles an attempt that was counted. After [`Outcome::Succeeded`] the caller may make the device known.
    pub fn settle(
        &mut self,
        reservation: &GateReservation,
        outcome: Outcome,
        limits: LockoutLimits,
        now: DateTime<Utc>,
    ) -> Settlement {
        match &reservation.0 {
            Path::Known(reservation) => self.settle_known(reservation, outcome, limits, now),
            Path::Stranger {
                pair,
                account,
                source,
            } => {
                let mut settlement = self.pair.settle(pair, outcome, limits, now);
                self.settle_account(account, outcome, now, &mut settlement);
                if let Some(source) = source {
                    self.settle_source(source, outcome, now, &mut settlement);
                }
                if outcome == Outcome::Failed {
                    settlement.refusal = self.refusal(now);
                }
                settlement
            }
        }
    }

    fn settle_known(
        &mut self,
        reservation: &Reservation,
        outcome: Outcome,
        limits: LockoutLimits,
        now: DateTime<Utc>,
    ) -> Settlement {
        // The device may have been removed since; then there is nothing left to settle.
        let Some(device) = &mut self.device else {
            return Settlement::default();
        };
        if outcome == Outcome::Succeeded {
            self.account.known_device_succeeded();
        }
        let mut settlement = device.settle(reservation, outcome, limits, now);
        if outcome == Outcome::Failed {
            // A device that is known no more is judged like a stranger from now on.
            settlement.refusal = self.refusal(now);
        }
        settlement
    }

    fn settle_account(
        &mut self,
        reservation: &AccountReservation,
        outcome: Outcome,
        now: DateTime<Utc>,
        settlement: &mut Settlement,
    ) {
        match outcome {
            Outcome::Succeeded => self.account.succeed(reservation),
            Outcome::Released => self.account.release(reservation),
            Outcome::Failed => settlement
                .events
                .extend(self.account.fail(reservation, now)),
        }
    }

    fn settle_source(
        &mut self,
        reservation: &SourceReservation,
        outcome: Outcome,
        now: DateTime<Utc>,
        settlement: &mut Settlement,
    ) {
        let Some(source) = &mut self.source else {
            return;
        };
        match outcome {
            Outcome::Succeeded => source.succeed(reservation),
            Outcome::Released => source.release(reservation),
            Outcome::Failed => settlement.events.extend(source.fail(reservation, now)),
        }
    }

    fn known_device(&self) -> Option<&DeviceState> {
        self.device.as_ref().filter(|device| device.is_known())
    }
}
