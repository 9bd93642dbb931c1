//! The steps of a test run, in order.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::counts::Counts;
use crate::{Failure, step};

/// A step: its name, cargo's arguments, and whether the filters apply to it.
struct Step {
    name: &'static str,
    arguments: &'static [&'static str],
    takes_filters: bool,
}

/// Everything is built once, test binaries and the programs they start alike, and only then run.
const STEPS: [Step; 3] = [
    Step {
        name: "build",
        arguments: &["build", "--workspace", "--all-targets"],
        takes_filters: false,
    },
    Step {
        name: "tests",
        arguments: &["test", "--workspace", "--all-targets", "--no-fail-fast"],
        takes_filters: true,
    },
    Step {
        name: "examples in the documentation",
        arguments: &["test", "--workspace", "--doc", "--no-fail-fast"],
        takes_filters: true,
    },
];

/// Runs the steps; a failed build ends the run, a failed test does not.
pub(super) fn run(filters: &[String], environment: &[(&str, String)]) -> Counts {
    let mut counts = Counts::default();
    for (number, step) in (1..).zip(&STEPS) {
        step::announce(&format!("[{number}/{}] {}", STEPS.len(), step.name));
        let start = Instant::now();
        let before = counts.failed;
        let mut command = command(step, filters);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let done = run_counted(&mut command, &mut counts);
        println!("    {}: {:.0} s", step.name, start.elapsed().as_secs_f64());
        if let Err(failure) = done {
            println!("{failure}");
            if counts.failed == before {
                counts.add_failed_step(step.name);
            }
            if !step.takes_filters {
                break;
            }
        }
    }
    counts
}

fn command(step: &Step, filters: &[String]) -> Command {
    let mut command = step::cargo(step.arguments);
    if step.takes_filters {
        command.arg("--").args(filters);
    }
    command
}

/// Runs a command, passing its output on line by line while counting.
fn run_counted(command: &mut Command, counts: &mut Counts) -> Result<(), Failure> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().ok_or("no output to read")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        counts.read(&line);
        println!("{line}");
    }
    let status = child.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed ({status})", step::shown(command)).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_go_to_the_tests_and_not_to_the_build() {
        let filters = ["lockout".to_owned()];
        let shown = STEPS
            .each_ref()
            .map(|step| step::shown(&command(step, &filters)));
        let filtered = shown.map(|line| line.ends_with("-- lockout"));
        assert_eq!(filtered, [false, true, true]);
    }

    #[test]
    fn output_is_counted_and_a_bad_end_is_an_error() {
        let mut counts = Counts::default();
        let script = "echo 'test result: ok. 4 passed; 0 failed; 0 ignored'; exit 3";
        let result = run_counted(Command::new("sh").args(["-c", script]), &mut counts);
        assert!(result.is_err());
        assert_eq!(counts.passed, 4);
    }
}
