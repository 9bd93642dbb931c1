//! Instants as people read them.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};

use super::filters::{count_of, put};
use super::text::Text;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Beyond this many days the date says more than the distance.
const RELATIVE_DAYS: i64 = 30;

/// An instant in three forms: for machines, exact, and relative to now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// RFC 3339, for `datetime`.
    pub(crate) iso: String,
    /// Date, time and zone, for `title`.
    pub(crate) exact: String,
    /// "5 minutes ago", for reading.
    pub(crate) relative: String,
}

impl Moment {
    /// Describes `at` as seen at `now`.
    pub(crate) fn new(at: DateTime<Utc>, now: DateTime<Utc>, text: &Text) -> Self {
        Self {
            iso: at.to_rfc3339_opts(SecondsFormat::Secs, true),
            exact: at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
            relative: relative(at, now, text),
        }
    }
}

fn relative(at: DateTime<Utc>, now: DateTime<Utc>, text: &Text) -> String {
    let seconds = (at - now).num_seconds();
    let distance = seconds.abs();
    let words = &text.time;
    let (phrase, count) = match distance {
        0..MINUTE => return words.now.to_owned(),
        MINUTE..HOUR => (words.minutes, distance / MINUTE),
        HOUR..DAY => (words.hours, distance / HOUR),
        _ if distance <= RELATIVE_DAYS * DAY => (words.days, distance / DAY),
        _ => return at.format("%Y-%m-%d").to_string(),
    };
    put(
        if seconds < 0 { words.ago } else { words.ahead },
        &[&count_of(phrase, count)],
    )
}

/// Names a day: today, yesterday, or weekday and date.
pub(crate) fn day_name(day: NaiveDate, today: NaiveDate, text: &Text) -> String {
    match (today - day).num_days() {
        0 => text.time.today.to_owned(),
        1 => text.time.yesterday.to_owned(),
        _ => {
            let index = day.weekday().num_days_from_monday();
            let weekday = text
                .time
                .weekdays
                .split(' ')
                .nth(index as usize)
                .unwrap_or_default();
            format!("{weekday}, {day}")
        }
    }
}

/// Says how long to wait, rounded up: "12 minutes".
pub(crate) fn waiting(seconds: u64, text: &Text) -> String {
    let minute = MINUTE.unsigned_abs();
    if seconds < minute {
        count_of(text.time.seconds, seconds.max(1))
    } else {
        count_of(text.time.minutes, seconds.div_ceil(minute))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::pages::text::EN;

    fn said(seconds: i64) -> String {
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        Moment::new(now + TimeDelta::seconds(seconds), now, &EN).relative
    }

    #[test]
    fn distances_are_said_in_the_largest_unit_that_fits() {
        assert_eq!(said(-59), "just now");
        assert_eq!(said(-60), "1 minute ago");
        assert_eq!(said(2 * HOUR + 1), "in 2 hours");
        assert_eq!(said(-30 * DAY), "30 days ago");
        assert_eq!(said(-31 * DAY), "2024-09-03");
    }

    #[test]
    fn waiting_rounds_up() {
        assert_eq!(waiting(0, &EN), "1 second");
        assert_eq!(waiting(61, &EN), "2 minutes");
    }
}
