//! Reading stored values back into checked types.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;

use crate::{Answer, StoreError};

/// What a statement in SQL that counts answers, under the name `count`.
#[derive(QueryableByName)]
pub(crate) struct Count {
    #[diesel(sql_type = BigInt)]
    pub(crate) count: i64,
}

/// Names the row being read, so that a damaged value can be found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl Row<'_> {
    /// The value, or that this column of this row is damaged.
    pub(crate) fn need<T>(self, column: &'static str, value: Option<T>) -> Answer<T> {
        value.ok_or_else(|| StoreError::corrupt(self.table, column, self.id))
    }

    /// A text that parses.
    pub(crate) fn parse<T: std::str::FromStr>(self, column: &'static str, text: &str) -> Answer<T> {
        self.need(column, text.parse().ok())
    }

    /// A text that parses, if there is one.
    pub(crate) fn parse_opt<T: std::str::FromStr>(
        self,
        column: &'static str,
        text: Option<&str>,
    ) -> Answer<Option<T>> {
        text.map(|text| self.parse(column, text)).transpose()
    }

    /// An instant from microseconds.
    pub(crate) fn instant(self, column: &'static str, micros: i64) -> Answer<DateTime<Utc>> {
        self.need(column, DateTime::from_timestamp_micros(micros))
    }

    /// An instant from microseconds, if there is one.
    pub(crate) fn instant_opt(
        self,
        column: &'static str,
        micros: Option<i64>,
    ) -> Answer<Option<DateTime<Utc>>> {
        micros
            .map(|micros| self.instant(column, micros))
            .transpose()
    }

    /// Bytes of a fixed length.
    pub(crate) fn bytes<const N: usize>(
        self,
        column: &'static str,
        bytes: &[u8],
    ) -> Answer<[u8; N]> {
        self.need(column, bytes.try_into().ok())
    }

    /// A number that cannot be negative.
    pub(crate) fn count(self, column: &'static str, value: i64) -> Answer<u32> {
        self.need(column, u32::try_from(value).ok())
    }
}

/// An instant as it is stored: microseconds since 1970, UTC.
pub(crate) fn micros(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_micros()
}

/// An instant as it is stored, if there is one.
pub(crate) fn micros_opt(instant: Option<DateTime<Utc>>) -> Option<i64> {
    instant.map(micros)
}

/// One row more than a page holds, to learn whether there are more.
pub(crate) fn page_limit(limit: u32) -> i64 {
    i64::from(limit) + 1
}

/// Cuts what was read with [`page_limit`] to the page.
pub(crate) fn page<T>(mut rows: Vec<T>, limit: u32) -> crate::ports::Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    crate::ports::Page { rows, more }
}
