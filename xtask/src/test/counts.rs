//! Adding up what the test harness reports.

use std::collections::BTreeMap;
use std::fmt;

/// What happened to the tests.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Tests that passed for the harness, those that skipped their work included.
    pub(crate) passed: usize,
    /// Tests that failed, and steps that failed without saying which test.
    pub(crate) failed: usize,
    /// Tests marked to be left out.
    pub(crate) ignored: usize,
    /// Tests that passed in the modules named after a database, most of them made for both by a macro.
    pub(crate) on_sqlite: usize,
    /// The same on PostgreSQL, those that skipped their work included.
    pub(crate) on_postgres: usize,
    /// Names of what failed.
    pub(crate) failures: Vec<String>,
    /// Tests that could not do their work, with the reason.
    pub(crate) skips: BTreeMap<String, String>,
}

impl Counts {
    /// Reads one line of the harness's output.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(totals) = line.strip_prefix("test result: ") {
            self.passed += number_before(totals, " passed");
            self.failed += number_before(totals, " failed");
            self.ignored += number_before(totals, " ignored");
        } else if let Some(test) = failed_test(line) {
            self.failures.push(test.to_owned());
        } else if let Some(test) = passed_test(line) {
            self.on_sqlite += usize::from(test.contains("::sqlite::"));
            self.on_postgres += usize::from(test.contains("::postgres::"));
        }
    }

    /// How many tests ran on each database; the same ones, where both are there.
    pub(crate) fn backends(&self) -> String {
        let skipped = |name: &&String| name.contains("::postgres::");
        let on_postgres = self
            .on_postgres
            .saturating_sub(self.skips.keys().filter(skipped).count());
        format!(
            "{} on SQLite and {on_postgres} on PostgreSQL",
            self.on_sqlite
        )
    }

    /// Reads the log in which tests write that they could not run.
    pub(crate) fn add_skips(&mut self, log: &str) {
        for (test, reason) in log.lines().filter_map(|line| line.split_once('\t')) {
            self.skips.insert(test.to_owned(), reason.to_owned());
        }
    }

    /// Counts a step that failed although no test of it is known to have failed.
    pub(crate) fn add_failed_step(&mut self, name: &str) {
        self.failed += 1;
        self.failures.push(format!("the step `{name}`"));
    }

    /// How many tests did not do their work.
    pub(crate) fn skipped(&self) -> usize {
        self.skips.len() + self.ignored
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passed = self.passed.saturating_sub(self.skips.len());
        write!(
            f,
            "{passed} passed, {} failed, {} skipped",
            self.failed,
            self.skipped()
        )
    }
}

fn number_before(totals: &str, word: &str) -> usize {
    let digits = totals.split_once(word).map_or("", |(before, _)| before);
    let digits = digits.rsplit(' ').next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

fn passed_test(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... ok")
}

fn failed_test(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str) -> Counts {
        let mut counts = Counts::default();
        output.lines().for_each(|line| counts.read(line));
        counts
    }

    #[test]
    fn the_results_of_all_binaries_add_up() {
        let counts = read(
            "test a::b ... ok\n\
             test a::c ... FAILED\n\
             test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s\n\
             test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.10s\n",
        );
        assert_eq!(counts.to_string(), "13 passed, 1 failed, 2 skipped");
        assert_eq!(counts.failures, ["a::c"]);
    }

    #[test]
    fn a_test_that_skipped_its_work_has_not_passed() {
        let mut counts = read("test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured");
        counts.add_skips("x\tno nginx\nx\tno nginx\ny\tno browser\n");
        assert_eq!(counts.to_string(), "1 passed, 0 failed, 2 skipped");
    }

    #[test]
    fn tests_of_each_database_are_counted() {
        let mut counts = read(
            "test users::sqlite::a ... ok\ntest users::postgres::a ... ok\n\
             test users::postgres::b ... FAILED\ntest other ... ok\n",
        );
        assert_eq!(counts.backends(), "1 on SQLite and 1 on PostgreSQL");
        counts.add_skips("users::postgres::a\tno server\n");
        assert_eq!(counts.backends(), "1 on SQLite and 0 on PostgreSQL");
    }

    #[test]
    fn a_step_that_breaks_counts_as_a_failure() {
        let mut counts = read("");
        counts.add_failed_step("build");
        assert_eq!(counts.to_string(), "0 passed, 1 failed, 0 skipped");
    }
}
