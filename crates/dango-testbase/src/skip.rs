//! Tests that cannot run here: visible in the summary, fatal under `--strict`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::programs::Program;
use crate::variables;

/// Says that the running test cannot do its work here, and why.
///
/// The line goes past the test harness's capture to standard error and into the skip log, from which
/// `cargo xtask test` counts it. The caller then returns from its test.
///
/// # Panics
/// Under `DANGO_TEST_STRICT=1`, so that a run that promises everything cannot leave something out.
pub fn report(reason: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    assert!(
        !variables::is_on(variables::STRICT),
        "{test} may not be skipped in a strict run: {reason}"
    );
    if let Some(log) = variables::value(variables::SKIP_LOG) {
        append(Path::new(&log), test, reason);
    }
    // `eprintln!` would be captured and, the test being a pass for the harness, never shown.
    let _ = writeln!(std::io::stderr(), "skipped {test}: {reason}");
}

/// Finds a program that the running test needs, or reports the skip.
///
/// # Panics
/// As [`report`] does.
pub fn unless_installed(program: Program) -> Option<PathBuf> {
    let found = program.find();
    if found.is_none() {
        report(&format!("{program} is missing: {}", program.how_to_get()));
    }
    found
}

pub(crate) fn append(log: &Path, test: &str, reason: &str) {
    let line = format!("{test}\t{reason}\n");
    let file = OpenOptions::new().create(true).append(true).open(log);
    // One write per line: appends of several test processes do not mix.
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        let _ = writeln!(std::io::stderr(), "cannot write {}: {error}", log.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_skip_is_a_line_of_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("skips");
        append(&log, "one", "no nginx");
        append(&log, "two", "no browser");
        let text = std::fs::read_to_string(&log).unwrap();
        assert_eq!(text, "one\tno nginx\ntwo\tno browser\n");
    }
}
