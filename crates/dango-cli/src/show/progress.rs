//! How far a long command has come, for whoever looks at standard error; nobody else sees it.

use std::io;

use dango_auth::TableStep;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::door::Moved;
use crate::output::{Output, Show, Table};

const ROWS: &str = "{bar:30} {pos}/{len} rows  {msg}";
const PEOPLE: &str = "{spinner} {pos} people";

/// A bar on standard error, if that is a terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar that nobody sees yet.
    pub(crate) fn new() -> Self {
        Self::of(ROWS)
    }

    /// A count of people, where nobody knows how many there will be.
    pub(crate) fn people() -> Self {
        Self::of(PEOPLE)
    }

    fn of(template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(template);
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// Moves it on.
    pub(crate) fn step(&mut self, step: TableStep) {
        self.0.set_length(step.total);
        self.0.set_position(step.rows);
        self.0.set_message(step.table);
    }

    /// Counts to a number.
    pub(crate) fn at(&self, position: usize) {
        self.0.set_position(position as u64);
    }

    /// Takes it away.
    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}

impl Show for Moved {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let mut table = Table::new(["Table", "Rows", "SHA-256"]);
        for moved in &self.tables {
            table.row([
                moved.table.into(),
                moved.rows.to_string().into(),
                moved.sha256.as_str().into(),
            ]);
        }
        output.table(&table)?;
        output.done(format!(
            "{} rows copied; counts, hashes and the audit log agree",
            self.rows
        ))
    }
}
