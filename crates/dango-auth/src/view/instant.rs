//! Instants as text: RFC 3339, UTC, microseconds, `Z` (contract §4.1).

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SecondsFormat, SubsecRound as _, Utc};
use serde::{Deserialize as _, Deserializer, Serializer};

/// Writes an instant.
pub fn text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Reads the start of a period: a date, which starts at midnight UTC, or an RFC 3339 instant.
pub fn parse_start(text: &str) -> Option<DateTime<Utc>> {
    exact(text).or_else(|| date(text).map(midnight))
}

/// Reads the end of a period, which is not part of it: a date, whose whole day is, or an RFC 3339 instant.
pub fn parse_end(text: &str) -> Option<DateTime<Utc>> {
    exact(text).or_else(|| date(text)?.checked_add_days(Days::new(1)).map(midnight))
}

fn exact(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(instant.to_utc().trunc_subsecs(6))
}

/// A date in exactly the form `2026-01-31`.
fn date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    shaped
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// For `#[serde(with = "instant")]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(instant: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*instant))
}

/// For `#[serde(with = "instant")]`; any offset is accepted and converted.
///
/// # Errors
/// When the text is not RFC 3339.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    DateTime::<Utc>::deserialize(deserializer)
}

/// The same for instants that may be missing, written as `null`.
pub mod option {
    use super::{DateTime, Deserializer, Serializer, Utc, text};
    use serde::Deserialize as _;

    /// For `#[serde(with = "instant::option")]`.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        instant: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match instant {
            Some(instant) => serializer.serialize_str(&text(*instant)),
            None => serializer.serialize_none(),
        }
    }

    /// For `#[serde(with = "instant::option")]`.
    ///
    /// # Errors
    /// When there is a text and it is not RFC 3339.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        Option::<DateTime<Utc>>::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_utc_with_microseconds_and_z() {
        let instant = DateTime::parse_from_rfc3339("2026-01-02T04:04:05.678901+01:00").unwrap();
        assert_eq!(text(instant.to_utc()), "2026-01-02T03:04:05.678901Z");
        assert_eq!(text(DateTime::UNIX_EPOCH), "1970-01-01T00:00:00.000000Z");
    }

    #[test]
    fn a_period_is_given_by_dates_or_instants() {
        let start = |given| parse_start(given).map(text);
        let end = |given| parse_end(given).map(text);
        assert_eq!(
            start("2026-01-31").as_deref(),
            Some("2026-01-31T00:00:00.000000Z")
        );
        assert_eq!(
            end("2026-01-31").as_deref(),
            Some("2026-02-01T00:00:00.000000Z")
        );
        let exact = "2026-01-31T12:00:00+02:00";
        assert_eq!(start(exact).as_deref(), Some("2026-01-31T10:00:00.000000Z"));
        assert_eq!(end(exact), start(exact));
    }

    #[test]
    fn nonsense_is_no_instant() {
        for given in [
            "",
            "yesterday",
            "2026-02-30",
            "2026-1-1",
            "31.01.2026",
            "2026-01-31 12:00",
            "+262143-12-31",
        ] {
            assert_eq!(parse_start(given), None, "{given}");
            assert_eq!(parse_end(given), None, "{given}");
        }
    }
}
