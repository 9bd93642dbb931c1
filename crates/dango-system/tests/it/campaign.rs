//! Many rounds of the same race, and what came of them.

use std::io::Write as _;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use dango_testkit::variables;

/// The short or, in a thorough run, the long number of rounds.
pub(crate) fn rounds(short: usize, long: usize) -> usize {
    if variables::thorough() { long } else { short }
}

/// The numbers of the rounds; a campaign whose time is over ends before its next round.
///
/// `DANGO_TEST_CAMPAIGN_SECONDS` limits a long campaign on a slow machine; its line tells how far it came.
pub(crate) fn turns(short: usize, long: usize) -> impl Iterator<Item = usize> {
    let in_time = clock();
    (0..rounds(short, long)).take_while(move |_| in_time())
}

/// Tells, from now on, whether a campaign may go on.
pub(crate) fn clock() -> impl Fn() -> bool {
    let limit = variables::value(variables::CAMPAIGN_SECONDS).and_then(|text| text.parse().ok());
    let (start, limit) = (Instant::now(), limit.map(Duration::from_secs));
    move || limit.is_none_or(|limit| start.elapsed() < limit)
}

/// Something to do at the same moment as others.
pub(crate) type Job<'a, T> = Box<dyn FnOnce() -> T + Send + 'a>;

/// Runs jobs at the same moment, each on a thread of its own; answers in their order.
pub(crate) fn together<'a, T: Send + 'a>(jobs: Vec<Job<'a, T>>) -> Vec<T> {
    let start = &Barrier::new(jobs.len());
    std::thread::scope(|scope| {
        let mut running = Vec::new();
        for job in jobs {
            running.push(scope.spawn(move || {
                start.wait();
                job()
            }));
        }
        running.into_iter().map(|job| job.join().unwrap()).collect()
    })
}

/// Rounds and violations of one campaign; a line of the table when it ends.
pub(crate) struct Tally {
    name: &'static str,
    backend: &'static str,
    rounds: usize,
    violations: Vec<String>,
    note: String,
}

impl Tally {
    /// An empty tally.
    pub(crate) fn new(name: &'static str, backend: &'static str) -> Self {
        Self {
            name,
            backend,
            rounds: 0,
            violations: Vec::new(),
            note: String::new(),
        }
    }

    /// Puts other figures of the campaign at the end of its line.
    pub(crate) fn note(&mut self, figures: &str) {
        self.note = format!("; {figures}");
    }

    /// Counts a round, with what was wrong in it.
    pub(crate) fn count(&mut self, is_right: bool, wrong: impl FnOnce() -> String) {
        self.rounds += 1;
        if !is_right {
            self.violations.push(wrong());
        }
    }

    /// Counts many rounds at once.
    pub(crate) fn add(&mut self, rounds: usize, violations: Vec<String>) {
        self.rounds += rounds;
        self.violations.extend(violations);
    }

    /// Something wrong that belongs to no single round.
    pub(crate) fn also(&mut self, wrong: Option<String>) {
        self.violations.extend(wrong);
    }

    /// Prints the line, past the test harness's capture, and fails on any violation.
    #[track_caller]
    pub(crate) fn finish(self) {
        let count = self.violations.len();
        let (name, backend, rounds) = (self.name, self.backend, self.rounds);
        let note = self.note;
        let line =
            format!("{name:<44} {backend:<10} {rounds:>7} rounds {count:>4} violations{note}");
        // Nobody may be reading; the assertion below decides.
        let _ = writeln!(std::io::stdout(), "{line}");
        assert!(rounds > 0, "{name}: nothing was tried");
        assert_eq!(count, 0, "{line}: {:?}", self.violations);
    }
}
