//! One account, as all strangers together see it.

use std::fmt;

use chrono::{DateTime, Utc};

use super::limits::{CEILING, CEILING_LASTS, GUARD_AFTER, WINDOW, is_possible_end, later};
use super::{LockoutEvent, LockoutLayer, Refusal};
use crate::id::UserId;
use crate::limiter::Recent;
use crate::seal::SubKey;

/// The name under which failures are counted: a MAC of the login name, so that the rows do not list who was
/// guessed at, and names that do not exist are counted like those that do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountKey([u8; 32]);

impl AccountKey {
    /// The key of an account that exists: by its id, so that its two login names count together and
    /// another name frees nobody; `key` is the subkey for
    /// [`Purpose::LoginName`](crate::seal::Purpose::LoginName).
    pub fn of_user(key: &SubKey, user: UserId) -> Self {
        Self(key.mac(&[b"dango-lockout-user-v1\0", user.as_uuid().as_bytes()]))
    }

    /// The key of a login name in its normalised form that nobody has; `key` as for
    /// [`of_user`](Self::of_user).
    pub fn of_name(key: &SubKey, login_name: &str) -> Self {
        Self(key.mac(&[b"dango-lockout-v1\0", login_name.as_bytes()]))
    }

    /// A key as it was stored.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, ..] = self.0;
        write!(f, "AccountKey({first:02x}{second:02x}{third:02x}…)")
    }
}

/// Failures of one account from everywhere but known devices.
///
/// ```text
///                 20 failures in 15 min
///  open ◀────────────────────────────────▶ guarded (15 min from the 20th)
///    │                 time
///    │  100 failures in a row
///    └───────────────────────▶ ceiling ──▶ open: success from a known device, unlock, or 30 days
/// ```
///
/// Guarded or at the ceiling, strangers are refused without hashing; known devices do not come here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountState {
    /// Failures, open reservations included, since the last success.
    pub(super) in_a_row: u32,
    /// When the first of them was reserved.
    pub(super) since: Option<DateTime<Utc>>,
    /// When the last of them was reserved.
    pub(super) last_at: Option<DateTime<Utc>>,
    /// Those of the last 15 minutes.
    pub(super) recent: Recent,
    pub(super) guarded_until: Option<DateTime<Utc>>,
    pub(super) ceiling_until: Option<DateTime<Utc>>,
}

/// What a counted attempt did to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AccountReservation {
    at: DateTime<Utc>,
    closes_guard: bool,
    closes_ceiling: bool,
}

impl AccountState {
    /// Why a stranger's attempt now would be refused; `None` when it would not.
    pub fn refusal(&self, now: DateTime<Utc>) -> Option<Refusal> {
        let current = self.refreshed(now);
        let ceiling = current
            .ceiling_until
            .map(|until| Refusal::new(LockoutLayer::Ceiling, until));
        let guard = current
            .guarded_until
            .map(|until| Refusal::new(LockoutLayer::Guard, until));
        Refusal::longest(ceiling.into_iter().chain(guard))
    }

    /// The owner signed in from a known device: the failures in a row are over. A guard stays; it ends by
    /// itself within minutes, and lifting it would give the guesser twenty more.
    pub fn known_device_succeeded(&mut self) {
        self.in_a_row = 0;
        self.since = None;
        self.last_at = None;
        self.ceiling_until = None;
    }

    /// From then on the row means nothing and may be deleted; `None` for a row without content.
    pub fn forgotten_at(&self) -> Option<DateTime<Utc>> {
        let in_a_row = self.last_at.map(|last| later(last, CEILING_LASTS));
        let recent = self.recent.newest().map(|last| later(last, WINDOW));
        in_a_row
            .max(recent)
            .max(self.ceiling_until)
            .max(self.guarded_until)
    }

    pub(super) fn count(&mut self, now: DateTime<Utc>) -> AccountReservation {
        *self = self.refreshed(now);
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.since = Some(self.since.map_or(now, |since| since.min(now)));
        self.last_at = Some(now);
        self.recent.push(now);
        let reservation = AccountReservation {
            at: now,
            closes_guard: self.guarded_until.is_none() && self.recent.len() >= GUARD_AFTER,
            closes_ceiling: self.ceiling_until.is_none() && self.in_a_row >= CEILING,
        };
        self.close(&reservation, now);
        reservation
    }

    pub(super) fn succeed(&mut self, reservation: &AccountReservation) {
        self.release(reservation);
        self.known_device_succeeded();
    }

    pub(super) fn release(&mut self, reservation: &AccountReservation) {
        self.recent.remove(reservation.at);
        if reservation.closes_guard {
            self.guarded_until = None;
        }
        if self.since.is_some_and(|since| since <= reservation.at) {
            self.in_a_row = self.in_a_row.saturating_sub(1);
            self.ceiling_until = self.ceiling_until.filter(|_| self.in_a_row >= CEILING);
        }
    }

    /// The attempt failed; doors it closed stay closed for their full time from now.
    pub(super) fn fail(
        &mut self,
        reservation: &AccountReservation,
        now: DateTime<Utc>,
    ) -> Vec<LockoutEvent> {
        let still_shut = |until: Option<_>| until.is_some_and(|until| until > now);
        let still = AccountReservation {
            closes_guard: reservation.closes_guard && still_shut(self.guarded_until),
            closes_ceiling: reservation.closes_ceiling && still_shut(self.ceiling_until),
            ..*reservation
        };
        self.close(&still, now);
        let guard = self.guarded_until.filter(|_| still.closes_guard);
        let ceiling = self.ceiling_until.filter(|_| still.closes_ceiling);
        let locked = |layer, until: Option<_>| {
            until.map(|until| LockoutEvent::Locked(Refusal::new(layer, until)))
        };
        [
            locked(LockoutLayer::Guard, guard),
            locked(LockoutLayer::Ceiling, ceiling),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn close(&mut self, reservation: &AccountReservation, now: DateTime<Utc>) {
        if reservation.closes_guard {
            self.guarded_until = Some(later(now, WINDOW));
        }
        if reservation.closes_ceiling {
            self.ceiling_until = Some(later(now, CEILING_LASTS));
        }
    }

    /// The state after time has passed.
    fn refreshed(&self, now: DateTime<Utc>) -> Self {
        let mut current = self.clone();
        let still = |until: Option<DateTime<Utc>>, longest| {
            until.filter(|end| *end > now && is_possible_end(*end, now, longest))
        };
        current.recent.forget_before(now, WINDOW);
        current.guarded_until = still(self.guarded_until, WINDOW);
        current.ceiling_until = still(self.ceiling_until, CEILING_LASTS);
        let over = self.ceiling_until.is_some() && current.ceiling_until.is_none();
        let quiet = self.last_at.is_some_and(|last| now - last >= CEILING_LASTS);
        if over || (quiet && current.ceiling_until.is_none()) {
            current.known_device_succeeded();
        }
        current
    }
}
