//! How long a command takes from nothing to its end, against a program that does nothing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::effort::Effort;
use crate::measure::in_turn;
use crate::place::{Hashing, Place};
use crate::report::{Budget, Row};
use crate::{Failure, generate, programs};

/// Commands that ask nothing and hash nothing; those with a person's name get it appended.
const COMMANDS: [&str; 23] = [
    "--version",
    "--help",
    "completions bash",
    "doctor",
    "db migrate",
    "remote list",
    "auth list-users",
    "auth list-users --json",
    "auth status",
    "auth audit",
    "auth audit --verify",
    "auth config show",
    "auth workspace list",
    "auth key list",
    "auth export",
    "auth roles list",
    "auth sessions list PERSON",
    "auth explain PERSON query.execute",
    "auth change-role PERSON editor",
    "auth change-role PERSON viewer",
    "auth unlock PERSON",
    "auth key create PERSON --name NUMBER",
    "auth add-user NUMBER@example.org --base-url https://example.org",
];
/// The one with a budget, as a multiple of the empty program.
const BUDGET: (&str, f64) = ("auth list-users", 5.0);

/// Starts each command and the empty program in turn.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let place = Place::new(Hashing::Free)?;
    generate::people(&place.store()?, 0..20)?;
    let (dango, empty) = (programs::path("dango")?, programs::path("empty")?);
    let folder = place.folder();
    let mut number = 0;
    let mut rows = Vec::new();
    for line in COMMANDS {
        let pair = in_turn(
            effort.pick(1, 7, 41),
            || {
                number += 1;
                milliseconds(&dango, &words(line, number), &folder)
            },
            || milliseconds(&empty, &["--version".to_owned()], &folder),
        )?;
        let row = Row::beside(format!("dango {line}"), "ms", pair, "empty");
        rows.push(if line == BUDGET.0 {
            row.within(Budget::RatioAtMost(BUDGET.1))
        } else {
            row
        });
    }
    Ok(rows)
}

fn words(line: &str, number: usize) -> Vec<String> {
    let person = generate::login(number % 20);
    let word = |word: &str| {
        word.replace("PERSON", &person)
            .replace("NUMBER", &format!("number-{number}"))
    };
    line.split(' ').map(word).collect()
}

fn milliseconds(program: &Path, words: &[String], folder: &Path) -> Result<f64, Failure> {
    let mut command = Command::new(program);
    command.args(words).current_dir(folder).env_clear();
    command.env("HOME", folder);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status()?;
    let taken = start.elapsed().as_secs_f64() * 1_000.0;
    // What a check has to say about an installation is not an end before the end.
    if matches!(status.code(), Some(0 | 5)) {
        Ok(taken)
    } else {
        Err(format!("dango {} ended with {status}", words.join(" ")).into())
    }
}
