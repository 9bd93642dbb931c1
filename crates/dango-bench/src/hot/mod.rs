//! Requests inside this process, without a network: what each layer costs, in time and in instructions.

mod applications;
mod cases;
mod check;
mod counted;
mod policy;

use crate::Failure;
use crate::effort::Effort;
use crate::measure::Spread;
use crate::report::Row;

pub(crate) use cases::Case;
pub(crate) use check::run as check;

/// Times every case in turn.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let (rounds, count) = (effort.rounds(), effort.pick(2, 500, 5_000));
    let hot = applications::Hot::new()?;
    let mut times = vec![Vec::new(); Case::ALL.len()];
    for _ in 0..rounds {
        for (case, times) in Case::ALL.into_iter().zip(&mut times) {
            times.push(hot.run(case, count)?);
        }
    }
    let rows = Case::ALL.into_iter().zip(times);
    Ok(rows
        .map(|(case, times)| Row::alone(case.about(), "µs", Spread::of(times)))
        .collect())
}

/// Runs one case that often and says nothing: for programs that count instructions.
pub(crate) fn once(name: &str, count: usize) -> Result<(), Failure> {
    if policy::ask(name, count)? {
        return Ok(());
    }
    let case = Case::parse(name)?;
    applications::Hot::new()?.run(case, count).map(drop)
}
