//! The lockout as the documentation tells it (`docs/security.md`): failures per account and place, and per
//! account over all places.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use dango_auth::core::id::UserId;

/// Whose failures count together: a person, or a name that nobody has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Tried {
    Person(UserId),
    Name(&'static str),
}

/// Failures in a row, and the lock that every fifth brings.
#[derive(Clone, Copy, Default)]
pub(super) struct Row {
    failures: u32,
    locks: u32,
    last: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl Row {
    pub(super) fn is_locked(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until > now)
    }

    /// A lock that is over, or a day without a failure, leaves nothing; but locks of the day double.
    fn refresh(&mut self, now: DateTime<Utc>) {
        if self.until.is_some_and(|until| until <= now) {
            self.failures = 0;
            self.last = self.until.take();
        }
        if self
            .last
            .is_some_and(|last| now - last >= Duration::days(1))
        {
            *self = Self::default();
        }
    }

    /// Counts an attempt that is neither right nor wrong.
    fn touch(&mut self, now: DateTime<Utc>) {
        self.refresh(now);
        self.last = Some(now);
    }

    pub(super) fn fail(&mut self, doubles: bool, now: DateTime<Utc>) {
        self.touch(now);
        self.failures += 1;
        if self.failures == 5 {
            let doublings = if doubles { self.locks.min(7) } else { 0 };
            let lock = Duration::minutes(15 << doublings).min(Duration::days(1));
            self.until = Some(now + lock);
            self.locks += 1;
        }
    }
}

#[derive(Default)]
struct Account {
    places: HashMap<usize, Row>,
    failures: Vec<DateTime<Utc>>,
    guarded: Option<DateTime<Utc>>,
}

/// Every account's locks. Nobody lives long enough for the ceiling of a hundred failures.
#[derive(Default)]
pub(super) struct Locks(HashMap<Tried, Account>);

impl Locks {
    pub(super) fn is_locked(&self, tried: Tried, place: usize, now: DateTime<Utc>) -> bool {
        self.0.get(&tried).is_some_and(|account| {
            let row = account.places.get(&place);
            let guarded = account.guarded.is_some_and(|until| until > now);
            guarded || row.is_some_and(|row| row.is_locked(now))
        })
    }

    /// Counts a failure; tells whether a door is closed after it.
    pub(super) fn fail(&mut self, tried: Tried, place: usize, now: DateTime<Utc>) -> bool {
        let account = self.0.entry(tried).or_default();
        account.places.entry(place).or_default().fail(true, now);
        let quarter = Duration::minutes(15);
        account.failures.retain(|at| now - *at < quarter);
        account.failures.push(now);
        if account.failures.len() >= 20 {
            account.guarded = Some(now + quarter);
        }
        self.is_locked(tried, place, now)
    }

    /// The password was right and a code is still to come.
    pub(super) fn half_way(&mut self, tried: Tried, place: usize, now: DateTime<Utc>) {
        let account = self.0.entry(tried).or_default();
        account.places.entry(place).or_default().touch(now);
    }

    pub(super) fn succeed(&mut self, tried: Tried, place: usize) {
        if let Some(account) = self.0.get_mut(&tried) {
            account.places.remove(&place);
        }
    }

    pub(super) fn lift(&mut self, tried: Tried) {
        self.0.remove(&tried);
    }
}
