//! What questions cost with many people, sessions and events, against the same questions with few.

pub(crate) mod pages;
mod questions;

use std::time::Instant;

use crate::Failure;
use crate::effort::Effort;
use crate::kept::{Backend, Kept, Size};
use crate::measure::in_turn;
use crate::pin::Pinned;
use crate::report::{Budget, Row};
use questions::{About, QUESTIONS, Question};

/// Asks files.
pub(crate) fn on_sqlite(effort: Effort) -> Result<Vec<Row>, Failure> {
    ask_all(&Backend::Sqlite, effort)
}

/// Asks a server.
pub(crate) fn on_postgres(effort: Effort) -> Result<Vec<Row>, Failure> {
    let _together = Pinned::together();
    Backend::postgres()?.map_or_else(|| Ok(Vec::new()), |backend| ask_all(&backend, effort))
}

/// Fills every database that the same effort would ask, and asks nothing.
pub(crate) fn prepare(effort: Effort) -> Result<(), Failure> {
    for backend in Backend::all()? {
        for size in std::iter::once(few(effort)).chain(many(effort)) {
            println!("    {}, {size:?}", backend.title());
            Kept::open(&backend, size)?;
        }
    }
    Ok(())
}

/// The smallest database.
pub(super) fn few(effort: Effort) -> Size {
    Size::all(effort.pick(400, 1_000, 1_000))
}

/// The larger ones.
fn many(effort: Effort) -> Vec<Size> {
    match effort {
        Effort::Once => vec![Size::all(600)],
        Effort::Quick => vec![Size::all(10_000)],
        Effort::Usual => [10_000, 100_000].map(Size::with_history).to_vec(),
        Effort::Large => [10_000, 100_000, 1_000_000]
            .map(Size::with_history)
            .to_vec(),
    }
}

fn ask_all(backend: &Backend, effort: Effort) -> Result<Vec<Row>, Failure> {
    let small = Kept::open(backend, few(effort))?;
    let mut rows = Vec::new();
    for size in many(effort) {
        let large = Kept::open(backend, size)?;
        for question in QUESTIONS {
            rows.push(ask(effort, &small, &large, question)?);
        }
    }
    Ok(rows)
}

fn ask(effort: Effort, small: &Kept, large: &Kept, question: &Question) -> Result<Row, Failure> {
    let repeats = effort.pick(1, 10, 40);
    // Once without looking at the clock: every connection of a pool prepares its statements at their first use.
    for side in [small, large] {
        microseconds(repeats, |number| (question.ask)(side, number))?;
    }
    let pair = in_turn(
        effort.rounds(),
        || microseconds(repeats, |number| (question.ask)(large, number)),
        || microseconds(repeats, |number| (question.ask)(small, number)),
    )?;
    let of = |size: Size| match question.about {
        About::People => size.people,
        About::Sessions => size.sessions,
        About::Events => size.events,
    };
    let (count, least) = (of(large.size), of(small.size));
    let row = Row::beside(
        format!("{}, of {count}", question.name),
        "µs",
        pair,
        format!("of {least}"),
    );
    Ok(row
        .sized(question.name, count, least)
        .within(Budget::RatioAtMost(1.5)))
}

fn microseconds(
    repeats: usize,
    mut once: impl FnMut(usize) -> Result<(), Failure>,
) -> Result<f64, Failure> {
    let start = Instant::now();
    for number in 0..repeats {
        once(number)?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / repeats as f64)
}
