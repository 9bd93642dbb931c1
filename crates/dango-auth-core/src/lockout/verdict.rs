//! What the lockout answers.

use chrono::{DateTime, TimeDelta, Utc};

use super::limits::later;

/// Which counter refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockoutLayer {
    /// Too many failures of this account from this source.
    Pair,
    /// Many failures of this account from strangers within minutes.
    Guard,
    /// A hundred failures of this account from strangers in a row.
    Ceiling,
    /// Too many failures of a known device.
    Device,
    /// Failures on many accounts from this source.
    Source,
    /// Too many wrong codes.
    SecondFactor,
    /// A hundred wrong codes in all.
    SecondFactorCeiling,
}

impl LockoutLayer {
    /// The stable name, for the audit's details.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Guard => "guard",
            Self::Ceiling => "ceiling",
            Self::Device => "device",
            Self::Source => "source",
            Self::SecondFactor => "second_factor",
            Self::SecondFactorCeiling => "second_factor_ceiling",
        }
    }
}

/// An attempt that is not evaluated.
///
/// What the caller is told does not depend on the layer: that would say whether others are guessing too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The counter that refuses; of several the one that refuses longest.
    pub layer: LockoutLayer,
    /// The end of the refusal; `None` when only an unlock ends it.
    pub until: Option<DateTime<Utc>>,
}

impl Refusal {
    /// Whole seconds to wait, at least one, for `remaining_seconds` and `Retry-After`. A day where only an
    /// unlock helps.
    pub fn remaining_seconds(&self, now: DateTime<Utc>) -> u32 {
        let until = self.until.unwrap_or_else(|| later(now, TimeDelta::days(1)));
        let micros = until
            .timestamp_micros()
            .saturating_sub(now.timestamp_micros());
        let seconds = micros.max(1).saturating_add(999_999) / 1_000_000;
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }

    pub(super) fn new(layer: LockoutLayer, until: DateTime<Utc>) -> Self {
        Self {
            layer,
            until: Some(until),
        }
    }

    /// Whichever lasts longer.
    pub(super) fn longest(refusals: impl IntoIterator<Item = Self>) -> Option<Self> {
        refusals
            .into_iter()
            .max_by_key(|refusal| refusal.until.unwrap_or(DateTime::<Utc>::MAX_UTC))
    }
}

/// The answer to an attempt before it is evaluated; `R` is the reservation to settle with.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission<R> {
    /// Counted; store the states, evaluate, then settle.
    Proceed(R),
    /// Not to be evaluated; nothing was counted.
    Refused(Refusal),
}

/// How an evaluated attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Signed in completely.
    Succeeded,
    /// The password or code was wrong, the account does not exist or may not sign in.
    Failed,
    /// Neither: it was not evaluated after all, or the password was right and the second factor is still to
    /// come.
    Released,
}

/// Something that happened when an attempt was settled, to be recorded in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockoutEvent {
    /// This failure closed a door (audit event `account_locked`; for [`LockoutLayer::Source`],
    /// `rate_limit_hit`).
    Locked(Refusal),
    /// This failure was one too many for a known device; forget it.
    DeviceForgotten,
}

/// What settling an attempt led to.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// What to record.
    pub events: Vec<LockoutEvent>,
    /// Set after a failure when the next attempt would be refused: answer as locked, not as wrong.
    pub refusal: Option<Refusal>,
}
