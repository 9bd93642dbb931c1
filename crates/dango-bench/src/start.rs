//! How long a command takes from nothing to its end, against a program that does nothing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::effort::Effort;
use crate::measure::in_turn;
use crate::place::{Hashing, Place};
use crate::report::{Budget, Row};
use crate::{Failure, generate, programs};

/// Starts each command and the empty program in turn.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let place = Place::new(Hashing::Free)?;
    generate::people(&place.store()?, 0..20)?;
    let (dango, empty) = (programs::path("dango")?, programs::path("empty")?);
    let folder = place.folder();
    let mut rows = Vec::new();
    let cases: [(&str, &[&str], Option<f64>); 3] = [
        ("dango --version", &["--version"], None),
        ("dango auth list-users", &["auth", "list-users"], Some(5.0)),
        ("dango auth audit", &["auth", "audit"], None),
    ];
    for (case, words, limit) in cases {
        let pair = in_turn(
            effort.pick(1, 15, 61),
            || milliseconds(&dango, words, &folder),
            || milliseconds(&empty, &["--version"], &folder),
        )?;
        let row = Row::beside(case, "ms", pair, "empty");
        rows.push(match limit {
            Some(limit) => row.within(Budget::RatioAtMost(limit)),
            None => row,
        });
    }
    Ok(rows)
}

fn milliseconds(program: &Path, words: &[&str], folder: &Path) -> Result<f64, Failure> {
    let mut command = Command::new(program);
    command.args(words).current_dir(folder).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status()?;
    let taken = start.elapsed().as_secs_f64() * 1_000.0;
    if status.success() {
        Ok(taken)
    } else {
        Err(format!(
            "{} {} ended with {status}",
            program.display(),
            words.join(" ")
        )
        .into())
    }
}
