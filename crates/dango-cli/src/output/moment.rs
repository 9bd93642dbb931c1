//! Instants as people read them.

use chrono::{DateTime, Utc};

use super::text::{Text, Tone};

/// Day and time in UTC, to the minute.
pub(crate) fn day_and_time(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d %H:%M").to_string()
}

/// Day and time, or `never`.
pub(crate) fn or_never(instant: Option<DateTime<Utc>>) -> Text {
    instant.map_or_else(
        || Text::toned(Tone::Dim, "never"),
        |instant| day_and_time(instant).into(),
    )
}
