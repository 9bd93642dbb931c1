//! The small chart of sign-ins and failures, drawn on the server.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use dango_auth::core::audit::EventName;
use dango_auth::ports::EventTime;

use super::filters::put;
use super::text::Text;

const HEIGHT: u64 = 96;
const STEP: u64 = 12;
const BAR: u64 = 9;

/// One day's counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DayCount {
    /// The day.
    pub(crate) day: NaiveDate,
    /// How many signed in.
    pub(crate) good: u64,
    /// How many tries failed.
    pub(crate) bad: u64,
}

/// The longest chart, in days.
const DAYS_MAX: i64 = 60;

/// The shortest chart, in days: fewer would be a few thick blocks.
const DAYS_MIN: i64 = 14;

/// Counts sign-ins and failures by day, days without any included.
pub(crate) fn counts_by_day(events: &[EventTime]) -> Vec<DayCount> {
    let mut counts: BTreeMap<NaiveDate, (u64, u64)> = BTreeMap::new();
    for event in events {
        let (good, bad) = counts.entry(event.at.date_naive()).or_default();
        let count = if event.name == EventName::LOGIN_SUCCESS {
            good
        } else {
            bad
        };
        *count += 1;
    }
    let Some(last) = counts.keys().next_back().copied() else {
        return Vec::new();
    };
    let oldest = last - TimeDelta::days(DAYS_MAX - 1);
    let first = counts.keys().next().copied().unwrap_or(last).max(oldest);
    let first = first.min(last - TimeDelta::days(DAYS_MIN - 1));
    let days = first.iter_days().take_while(|day| *day <= last);
    days.map(|day| {
        let (good, bad) = counts.get(&day).copied().unwrap_or_default();
        DayCount { day, good, bad }
    })
    .collect()
}

/// A day as a bar: failures stand on top of sign-ins.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    /// Left edge.
    pub(crate) x: u64,
    /// Top of the sign-ins.
    pub(crate) good_y: u64,
    /// Height of the sign-ins.
    pub(crate) good_height: u64,
    /// Top of the failures.
    pub(crate) bad_y: u64,
    /// Height of the failures.
    pub(crate) bad_height: u64,
    /// What the bar says when pointed at.
    pub(crate) label: String,
}

/// The chart in its own units; the stylesheet stretches it.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    /// Width of the drawing.
    pub(crate) width: u64,
    /// Height of the drawing.
    pub(crate) height: u64,
    /// Distance from bar to bar.
    pub(crate) step: u64,
    /// Width of a bar.
    pub(crate) bar: u64,
    /// The bars, oldest first.
    pub(crate) bars: Vec<Bar>,
    /// The highest bar's count.
    pub(crate) most: u64,
    /// The whole chart in a sentence.
    pub(crate) summary: String,
    /// The first day.
    pub(crate) first_day: String,
    /// The last day.
    pub(crate) last_day: String,
}

impl Chart {
    /// Draws the days in the order given; nothing where nothing happened.
    pub(crate) fn draw(days: &[DayCount], text: &Text) -> Option<Self> {
        let (first, last) = (days.first()?, days.last()?);
        let most = days
            .iter()
            .map(|day| day.good + day.bad)
            .max()
            .filter(|most| *most > 0)?;
        let good: u64 = days.iter().map(|day| day.good).sum();
        let bad: u64 = days.iter().map(|day| day.bad).sum();
        let bars: Vec<Bar> = (0..)
            .zip(days)
            .map(|(index, day)| bar(index, *day, most, text))
            .collect();
        Some(Self {
            width: STEP * days.len() as u64,
            height: HEIGHT,
            step: STEP,
            bar: BAR,
            bars,
            most,
            summary: put(
                text.audit.chart_summary,
                &[&good, &bad, &first.day, &last.day],
            ),
            first_day: first.day.to_string(),
            last_day: last.day.to_string(),
        })
    }
}

fn bar(index: u64, day: DayCount, most: u64, text: &Text) -> Bar {
    // Something that happened is at least visible.
    let scaled = |count: u64| {
        if count == 0 {
            0
        } else {
            (count * (HEIGHT - 6) / most).max(2)
        }
    };
    let (good_height, bad_height) = (scaled(day.good), scaled(day.bad));
    Bar {
        x: index * STEP,
        good_y: HEIGHT - good_height,
        good_height,
        bad_y: HEIGHT - good_height - bad_height,
        bad_height,
        label: put(text.audit.chart_day, &[&day.day, &day.good, &day.bad]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::text::EN;

    fn day(number: u32, good: u64, bad: u64) -> DayCount {
        DayCount {
            day: NaiveDate::from_ymd_opt(2026, 8, number).unwrap(),
            good,
            bad,
        }
    }

    #[test]
    fn bars_stay_inside_the_drawing_and_nothing_draws_nothing() {
        let chart = Chart::draw(&[day(1, 0, 0), day(2, 1, 999_999), day(3, 7, 0)], &EN).unwrap();
        assert!(
            chart
                .bars
                .iter()
                .all(|bar| bar.good_height + bar.bad_height <= HEIGHT)
        );
        assert_eq!(chart.bars[1].good_height, 2);
        assert!(Chart::draw(&[day(1, 0, 0)], &EN).is_none());
        assert!(Chart::draw(&[], &EN).is_none());
    }
}
