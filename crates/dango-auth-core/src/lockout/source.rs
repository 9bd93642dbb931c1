//! One source, whatever account it tries.

use chrono::{DateTime, Utc};

use super::limits::{SPRAYED_ACCOUNTS, WINDOW, is_possible_end, later};
use super::{AccountKey, LockoutEvent, LockoutLayer, Refusal};

/// Accounts that failed from one source within the last 15 minutes.
///
/// ```text
///  open ──20th account that fails within 15 min──▶ refused 15 min ──time──▶ open
/// ```
///
/// A hundred people behind one address mistype now and then; one who tries the same password on every account
/// fails on many of them in minutes. An account that signs in from here does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceState {
    /// One entry per account: the start of its key, and when it failed last.
    pub(super) failed: Vec<(u64, i64)>,
    pub(super) refused_until: Option<DateTime<Utc>>,
}

/// What a counted attempt did to the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SourceReservation {
    at: DateTime<Utc>,
    account: u64,
    closes: bool,
}

impl SourceState {
    /// Why an attempt now would be refused; `None` when it would not.
    pub fn refusal(&self, now: DateTime<Utc>) -> Option<Refusal> {
        let still = |until: &DateTime<Utc>| *until > now && is_possible_end(*until, now, WINDOW);
        let until = self.refused_until.filter(still)?;
        Some(Refusal::new(LockoutLayer::Source, until))
    }

    /// From then on the row means nothing and may be deleted; `None` for a row without content.
    pub fn forgotten_at(&self) -> Option<DateTime<Utc>> {
        let newest = self.failed.iter().map(|(_, at)| *at).max();
        let remembered = newest
            .and_then(DateTime::from_timestamp_micros)
            .map(|at| later(at, WINDOW));
        remembered.max(self.refused_until)
    }

    pub(super) fn count(&mut self, account: &AccountKey, now: DateTime<Utc>) -> SourceReservation {
        self.refresh(now);
        let account = tag_of(account);
        self.failed.retain(|(tag, _)| *tag != account);
        self.failed.push((account, now.timestamp_micros()));
        let closes = self.refused_until.is_none() && self.failed.len() >= SPRAYED_ACCOUNTS;
        if closes {
            self.refused_until = Some(later(now, WINDOW));
        }
        SourceReservation {
            at: now,
            account,
            closes,
        }
    }

    pub(super) fn succeed(&mut self, reservation: &SourceReservation) {
        self.failed.retain(|(tag, _)| *tag != reservation.account);
        self.reopen(reservation);
    }

    pub(super) fn release(&mut self, reservation: &SourceReservation) {
        let entry = (reservation.account, reservation.at.timestamp_micros());
        self.failed.retain(|failed| *failed != entry);
        self.reopen(reservation);
    }

    /// The attempt failed; if it closed the source, it stays closed for its full time from now.
    pub(super) fn fail(
        &mut self,
        reservation: &SourceReservation,
        now: DateTime<Utc>,
    ) -> Option<LockoutEvent> {
        if !reservation.closes || self.refused_until.is_none_or(|until| until <= now) {
            return None;
        }
        let until = later(now, WINDOW);
        self.refused_until = Some(until);
        Some(LockoutEvent::Locked(Refusal::new(
            LockoutLayer::Source,
            until,
        )))
    }

    fn reopen(&mut self, reservation: &SourceReservation) {
        if reservation.closes {
            self.refused_until = None;
        }
    }

    fn refresh(&mut self, now: DateTime<Utc>) {
        if self.refused_until.is_some() && self.refusal(now).is_none() {
            *self = Self::default();
        }
        let now = now.timestamp_micros();
        let window = WINDOW.num_microseconds().unwrap_or(i64::MAX);
        self.failed
            .retain(|(_, at)| now.saturating_sub(*at) < window && at.saturating_sub(now) <= window);
    }
}

/// Eight bytes tell accounts apart well enough; the rest of the key is not kept here.
fn tag_of(account: &AccountKey) -> u64 {
    let (tag, _) = account.as_bytes().split_at(8);
    tag.iter()
        .fold(0, |tag, byte| (tag << 8) | u64::from(*byte))
}
