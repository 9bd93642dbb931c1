//! Instants that still count, because they lie within a window.

use chrono::{DateTime, TimeDelta, Utc};

/// Instants of the last while, oldest first, in microseconds.
///
/// Stored as one blob of 8 bytes each, big-endian. An instant counts from itself until just before a window
/// later, so no half-open window of that length ever holds more than were counted at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recent(Vec<i64>);

impl Recent {
    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|at| at.to_be_bytes()).collect()
    }

    /// Reads the stored form; a length that is no multiple of 8 is `None`.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (chunks, rest) = bytes.as_chunks::<8>();
        let mut instants: Vec<i64> = chunks.iter().map(|at| i64::from_be_bytes(*at)).collect();
        instants.sort_unstable();
        rest.is_empty().then_some(Self(instants))
    }

    /// How many count now.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when none counts.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The oldest one that counts.
    pub fn oldest(&self) -> Option<DateTime<Utc>> {
        self.0
            .first()
            .and_then(|at| DateTime::from_timestamp_micros(*at))
    }

    /// The newest one that counts.
    pub fn newest(&self) -> Option<DateTime<Utc>> {
        self.0
            .last()
            .and_then(|at| DateTime::from_timestamp_micros(*at))
    }

    /// Forgets what is a window old, and what is over a window ahead: clocks of several servers differ a little,
    /// but that can only come from one that was wrong.
    pub fn forget_before(&mut self, now: DateTime<Utc>, window: TimeDelta) {
        let now = now.timestamp_micros();
        let window = window.num_microseconds().unwrap_or(i64::MAX);
        self.0
            .retain(|at| now.saturating_sub(*at) < window && at.saturating_sub(now) <= window);
    }

    /// Adds an instant.
    pub fn push(&mut self, at: DateTime<Utc>) {
        let at = at.timestamp_micros();
        let place = self.0.partition_point(|earlier| *earlier <= at);
        self.0.insert(place, at);
    }

    /// Takes one such instant out again; false when there is none.
    pub fn remove(&mut self, at: DateTime<Utc>) -> bool {
        let found = self.0.binary_search(&at.timestamp_micros());
        found.map(|place| self.0.remove(place)).is_ok()
    }

    /// The instant after which, counted from the newest, fewer than `bound` count; `None` when fewer do now.
    pub(super) fn blocking(&self, bound: usize) -> Option<i64> {
        let from_newest = self.0.len().checked_sub(bound)?;
        self.0.get(from_newest).copied()
    }
}
