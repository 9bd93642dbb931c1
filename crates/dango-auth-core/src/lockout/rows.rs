//! The stored forms: counts as integers, instants as microseconds, lists as blobs.
//!
//! Reading one checks it; a row that cannot be is an error, never an open door.

use chrono::{DateTime, Utc};

use super::series::Series;
use super::{AccountState, DeviceState, FactorState, PairState, SourceState};
use crate::limiter::Recent;

/// A stored row that no sequence of attempts could have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lockout row has an impossible {column}")]
pub struct CorruptRow {
    /// The column.
    pub column: &'static str,
}

/// A stored series of failures: the whole of a [`PairState`], and part of devices and factors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are the fields of the state
pub struct SeriesRow {
    pub failures: i32,
    pub locks: i32,
    pub since: Option<i64>,
    pub last_at: Option<i64>,
    pub locked_until: Option<i64>,
}

/// A stored [`DeviceState`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are the fields of the state
pub struct DeviceRow {
    pub series: SeriesRow,
    pub in_a_row: i32,
}

/// A stored [`FactorState`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are the fields of the state
pub struct FactorRow {
    pub series: SeriesRow,
    pub total: i32,
}

/// A stored [`AccountState`]; `recent` holds 8 bytes per failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are the fields of the state
pub struct AccountRow {
    pub in_a_row: i32,
    pub since: Option<i64>,
    pub last_at: Option<i64>,
    pub recent: Vec<u8>,
    pub guarded_until: Option<i64>,
    pub ceiling_until: Option<i64>,
}

/// A stored [`SourceState`]; `failed` holds 16 bytes per account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the columns are the fields of the state
pub struct SourceRow {
    pub failed: Vec<u8>,
    pub refused_until: Option<i64>,
}

impl PairState {
    /// The row to store.
    pub fn to_stored(&self) -> SeriesRow {
        self.series.to_stored()
    }

    /// Reads a stored row.
    ///
    /// # Errors
    /// Negative counts, or instants outside the calendar.
    pub fn from_stored(row: &SeriesRow) -> Result<Self, CorruptRow> {
        Series::from_stored(row).map(|series| Self { series })
    }
}

impl DeviceState {
    /// The row to store.
    pub fn to_stored(&self) -> DeviceRow {
        DeviceRow {
            series: self.series.to_stored(),
            in_a_row: stored_count(self.in_a_row),
        }
    }

    /// Reads a stored row.
    ///
    /// # Errors
    /// Negative counts, or instants outside the calendar.
    pub fn from_stored(row: &DeviceRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            series: Series::from_stored(&row.series)?,
            in_a_row: count(row.in_a_row, "in_a_row")?,
        })
    }
}

impl FactorState {
    /// The row to store.
    pub fn to_stored(&self) -> FactorRow {
        FactorRow {
            series: self.series.to_stored(),
            total: stored_count(self.total),
        }
    }

    /// Reads a stored row.
    ///
    /// # Errors
    /// Negative counts, or instants outside the calendar.
    pub fn from_stored(row: &FactorRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            series: Series::from_stored(&row.series)?,
            total: count(row.total, "total")?,
        })
    }
}

impl AccountState {
    /// The row to store.
    pub fn to_stored(&self) -> AccountRow {
        AccountRow {
            in_a_row: stored_count(self.in_a_row),
            since: stored_instant(self.since),
            last_at: stored_instant(self.last_at),
            recent: self.recent.to_bytes(),
            guarded_until: stored_instant(self.guarded_until),
            ceiling_until: stored_instant(self.ceiling_until),
        }
    }

    /// Reads a stored row.
    ///
    /// # Errors
    /// Negative counts, instants outside the calendar, a blob of the wrong length.
    pub fn from_stored(row: &AccountRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            in_a_row: count(row.in_a_row, "in_a_row")?,
            since: instant(row.since, "since")?,
            last_at: instant(row.last_at, "last_at")?,
            recent: Recent::from_bytes(&row.recent).ok_or(CorruptRow { column: "recent" })?,
            guarded_until: instant(row.guarded_until, "guarded_until")?,
            ceiling_until: instant(row.ceiling_until, "ceiling_until")?,
        })
    }
}

impl SourceState {
    /// The row to store.
    pub fn to_stored(&self) -> SourceRow {
        let entry = |(tag, at): &(u64, i64)| [tag.to_be_bytes(), at.to_be_bytes()].concat();
        SourceRow {
            failed: self.failed.iter().flat_map(entry).collect(),
            refused_until: stored_instant(self.refused_until),
        }
    }

    /// Reads a stored row.
    ///
    /// # Errors
    /// An instant outside the calendar, a blob of the wrong length.
    pub fn from_stored(row: &SourceRow) -> Result<Self, CorruptRow> {
        let corrupt = CorruptRow { column: "failed" };
        let (words, rest) = row.failed.as_chunks::<8>();
        let (entries, odd) = words.as_chunks::<2>();
        if !rest.is_empty() || !odd.is_empty() {
            return Err(corrupt);
        }
        let entry = |[tag, at]: &[[u8; 8]; 2]| (u64::from_be_bytes(*tag), i64::from_be_bytes(*at));
        Ok(Self {
            failed: entries.iter().map(entry).collect(),
            refused_until: instant(row.refused_until, "refused_until")?,
        })
    }
}

impl Series {
    fn to_stored(self) -> SeriesRow {
        SeriesRow {
            failures: stored_count(self.failures),
            locks: stored_count(self.locks),
            since: stored_instant(self.since),
            last_at: stored_instant(self.last_at),
            locked_until: stored_instant(self.locked_until),
        }
    }

    fn from_stored(row: &SeriesRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            failures: count(row.failures, "failures")?,
            locks: count(row.locks, "locks")?,
            since: instant(row.since, "since")?,
            last_at: instant(row.last_at, "last_at")?,
            locked_until: instant(row.locked_until, "locked_until")?,
        })
    }
}

fn stored_count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn stored_instant(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp_micros())
}

fn count(stored: i32, column: &'static str) -> Result<u32, CorruptRow> {
    u32::try_from(stored).map_err(|_| CorruptRow { column })
}

fn instant(stored: Option<i64>, column: &'static str) -> Result<Option<DateTime<Utc>>, CorruptRow> {
    stored
        .map(|micros| DateTime::from_timestamp_micros(micros).ok_or(CorruptRow { column }))
        .transpose()
}
