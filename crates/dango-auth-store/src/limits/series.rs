//! The five columns of a series of failures, in the three tables that have one.

use dango_auth_core::lockout::{CorruptRow, SeriesRow};

use crate::StoreError;

/// The columns in the order of the tables.
pub(super) type Columns = (i32, i32, Option<i64>, Option<i64>, Option<i64>);

pub(super) fn row_of((failures, locks, since, last_at, locked_until): Columns) -> SeriesRow {
    SeriesRow {
        failures,
        locks,
        since,
        last_at,
        locked_until,
    }
}

/// A row that cannot be read is an error, never an open door.
pub(super) fn corrupt(
    table: &'static str,
    id: impl std::fmt::Display,
) -> impl Fn(CorruptRow) -> StoreError {
    let id = id.to_string();
    move |row| StoreError::corrupt(table, row.column, &id)
}
