//! How many instructions a program takes, counted by `valgrind --tool=callgrind`, which noise cannot move.

use std::process::{Command, Output};

use crate::Failure;

/// How often a thing is done in the shorter and in the longer run; what both take besides cancels out.
pub(super) type Runs = [usize; 2];
/// For requests, which take thousands of instructions each.
pub(super) const REQUESTS: Runs = [100, 400];
/// For questions to the policy, which take few.
pub(super) const QUESTIONS: Runs = [1_000, 201_000];

/// Instructions for doing a thing once.
pub(super) fn of(name: &str, [short, long]: Runs) -> Result<u64, Failure> {
    let (few, many) = (run(name, short)?, run(name, long)?);
    Ok(many.saturating_sub(few) / (long - short) as u64)
}

fn run(name: &str, count: usize) -> Result<u64, Failure> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(std::env::current_exe()?);
    command.args(["--hot", name, "--count", &count.to_string()]);
    let output = command
        .output()
        .map_err(|error| format!("valgrind is needed to count instructions: {error}"))?;
    collected(&output)
}

/// The total that callgrind says at its end.
fn collected(output: &Output) -> Result<u64, Failure> {
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind failed: {said}").into());
    }
    let line = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, total) = line.ok_or("callgrind has not said what it counted")?;
    Ok(total.trim().parse()?)
}
