//! Failures in a row and the lock at their end: the part that pairs, devices and second factors share.

use chrono::{DateTime, TimeDelta, Utc};

use super::limits::{LONGEST_LOCK, QUIET, is_possible_end, later};

/// Failures in a row, and the lock that the last of them brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Series {
    /// Failures, open reservations included, since the last success or lock.
    pub(super) failures: u32,
    /// Locks since the last success or quiet day; the next one is that many times doubled.
    pub(super) locks: u32,
    /// When the first of the failures was reserved.
    pub(super) since: Option<DateTime<Utc>>,
    /// When the last of the failures was reserved, or the last lock ended.
    pub(super) last_at: Option<DateTime<Utc>>,
    /// The end of the lock.
    pub(super) locked_until: Option<DateTime<Utc>>,
}

/// When a series locks, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct SeriesRule {
    pub(super) max_attempts: u32,
    pub(super) first_lock: TimeDelta,
    pub(super) doubles: bool,
}

/// A counted attempt on its way to being evaluated.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    pub(super) at: DateTime<Utc>,
    /// This attempt is the last one before the lock.
    pub(super) closes: bool,
}

impl SeriesRule {
    /// Length of a lock that `earlier` locks came before.
    fn lock(&self, earlier: u32) -> TimeDelta {
        let doublings = if self.doubles { earlier.min(16) } else { 0 };
        let factor = 1_i32 << doublings;
        self.first_lock
            .checked_mul(factor)
            .map_or(LONGEST_LOCK, |lock| lock.min(LONGEST_LOCK))
    }
}

impl Series {
    /// The end of the lock, if there is one now.
    pub(super) fn locked_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut current = *self;
        current.refresh(now);
        current.locked_until
    }

    /// Counts an attempt; the one that fills the series locks it provisionally.
    pub(super) fn count(&mut self, rule: SeriesRule, now: DateTime<Utc>) -> Reservation {
        self.refresh(now);
        self.failures = self.failures.saturating_add(1);
        self.since = Some(self.since.map_or(now, |since| since.min(now)));
        self.last_at = Some(now);
        let closes = self.locked_until.is_none() && self.failures >= rule.max_attempts;
        if closes {
            self.locked_until = Some(later(now, rule.lock(self.locks)));
            self.locks = self.locks.saturating_add(1);
        }
        Reservation { at: now, closes }
    }

    /// The attempt failed. When it was the one that locked, the lock's time starts now, and its end is
    /// returned.
    pub(super) fn fail(
        &mut self,
        reservation: &Reservation,
        rule: SeriesRule,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        self.refresh(now);
        if !reservation.closes || self.locked_until.is_none() || !self.still_counts(reservation) {
            return None;
        }
        self.locked_until = Some(later(now, rule.lock(self.locks.saturating_sub(1))));
        self.locked_until
    }

    /// The attempt does not count. A lock is lifted then, because it is short of one failure.
    pub(super) fn release(&mut self, reservation: &Reservation, now: DateTime<Utc>) {
        self.refresh(now);
        if !self.still_counts(reservation) {
            return;
        }
        self.failures = self.failures.saturating_sub(1);
        if self.locked_until.take().is_some() {
            self.locks = self.locks.saturating_sub(1);
        }
    }

    /// From then on the series means nothing any more.
    pub(super) fn forgotten_at(&self) -> Option<DateTime<Utc>> {
        self.locked_until
            .max(self.last_at)
            .map(|last| later(last, QUIET))
    }

    /// False when the failures were wiped out after the attempt had been counted.
    pub(super) fn still_counts(&self, reservation: &Reservation) -> bool {
        self.since.is_some_and(|since| since <= reservation.at)
    }

    /// Lets time pass: locks end, quiet days forget.
    fn refresh(&mut self, now: DateTime<Utc>) {
        if let Some(until) = self.locked_until {
            if until > now {
                if !is_possible_end(until, now, LONGEST_LOCK) {
                    *self = Self::default();
                }
                return;
            }
            self.failures = 0;
            self.since = None;
            self.locked_until = None;
            self.last_at = Some(until);
        }
        if self.last_at.is_some_and(|last| now - last >= QUIET) {
            *self = Self::default();
        }
    }
}
