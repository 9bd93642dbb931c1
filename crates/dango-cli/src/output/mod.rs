//! Everything that is printed: data to standard output, talk to standard error.

mod clean;
mod json;
mod moment;
mod table;
mod text;

use std::io::{self, Write};

use dango_auth::view::inert;
use serde::Serialize;

use clean::clean;
pub(crate) use moment::{day_and_time, or_never};
pub(crate) use table::Table;
pub(crate) use text::{Text, Tone};

use crate::fault::Fault;
use crate::terminal::Terminal;

/// A result that can be shown to people and to programs.
pub(crate) trait Show: Serialize {
    /// Prints it for people.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn show(&self, output: &mut Output) -> io::Result<()>;
}

/// The two streams and how to write on them.
pub(crate) struct Output {
    terminal: Terminal,
    json: bool,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
}

impl Output {
    /// Output on the process's own streams.
    pub(crate) fn new(terminal: Terminal, json: bool) -> Self {
        let out = io::BufWriter::new(io::stdout());
        Self {
            terminal,
            json,
            out: Box::new(out),
            err: Box::new(io::stderr()),
        }
    }

    /// Whether the data is wanted as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a result as one JSON document, or for people.
    pub(crate) fn show<T: Show>(&mut self, result: &T) -> io::Result<()> {
        if self.json {
            self.document(result)?;
        } else {
            result.show(self)?;
        }
        self.out.flush()
    }

    /// Prints one JSON document, indented.
    pub(crate) fn document<T: Serialize + ?Sized>(&mut self, value: &T) -> io::Result<()> {
        writeln!(self.out, "{}", json::pretty(value)?)
    }

    /// Prints one JSON document on a line of its own.
    pub(crate) fn json_line<T: Serialize + ?Sized>(&mut self, value: &T) -> io::Result<()> {
        writeln!(self.out, "{}", json::line(value)?)
    }

    /// Prints a line of data.
    pub(crate) fn line(&mut self, text: impl Into<Text>) -> io::Result<()> {
        writeln!(self.out, "{}", text.into().render(self.terminal.colour_out))
    }

    /// Prints a table.
    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        writeln!(
            self.out,
            "{}",
            table.render(self.terminal.width, self.terminal.colour_out)
        )
    }

    /// Prints labelled facts: under a title and indented on a terminal, bare lines when piped.
    ///
    /// A line is never wrapped, so that a link can be copied as one piece.
    pub(crate) fn facts(&mut self, title: &str, facts: &[(&str, Text)]) -> io::Result<()> {
        let widest = facts
            .iter()
            .map(|(label, _)| label.chars().count())
            .max()
            .unwrap_or_default();
        let on_terminal = self.terminal.shows_output();
        if on_terminal {
            self.line(Text::default().strong(title))?;
        }
        for (label, value) in facts {
            let value = value.render(self.terminal.colour_out);
            if on_terminal {
                writeln!(self.out, "  {label:<widest$}  {value}")?;
            } else {
                writeln!(self.out, "{label}: {value}")?;
            }
        }
        Ok(())
    }

    /// Prints comma-separated values under a heading; no cell is a terminal's command or a spreadsheet's formula.
    pub(crate) fn csv(
        &mut self,
        heading: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
    ) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(&mut self.out);
        writer.write_record(heading)?;
        for row in rows {
            // SECURITY: whoever opens the file in a spreadsheet must not run what somebody chose as a name.
            writer.write_record(row.iter().map(|field| inert(&clean(field))))?;
        }
        writer.flush()
    }

    /// Writes bytes that are data already, such as a completion script.
    pub(crate) fn raw(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Says that something is done.
    pub(crate) fn done(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        self.say(&Text::toned(Tone::Good, "✓ ").plain(text))
    }

    /// Says something worth knowing.
    pub(crate) fn note(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        self.say(&Text::from(text.as_ref()))
    }

    /// Warns.
    pub(crate) fn warn(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        self.say(&Text::toned(Tone::Caution, "warning: ").plain(text))
    }

    /// Asks something and stays on the line.
    pub(crate) fn ask(&mut self, question: &str) -> io::Result<()> {
        self.flush()?;
        let question = Text::default().strong(question).plain(" ");
        write!(self.err, "{}", question.render(self.terminal.colour_err))?;
        self.err.flush()
    }

    fn say(&mut self, text: &Text) -> io::Result<()> {
        self.flush()?;
        writeln!(self.err, "{}", text.render(self.terminal.colour_err))
    }

    /// Hands everything on, so that data and talk stay in order.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Tells why a command failed: what happened, why, and the next step.
    pub(crate) fn fault(&mut self, fault: &Fault) -> io::Result<()> {
        if fault.is_silent() {
            return Ok(());
        }
        self.flush()?;
        if self.json {
            return writeln!(self.err, "{}", json::pretty(fault)?);
        }
        let mut lines = fault.message().lines();
        let first = lines.next().unwrap_or_default();
        self.say(&Text::toned(Tone::Bad, "error: ").plain(first))?;
        for line in lines {
            self.say(&Text::from(line))?;
        }
        for detail in fault.details() {
            self.say(&Text::from("  - ").plain(detail))?;
        }
        match fault.next_step() {
            Some(step) => self.say(&Text::toned(Tone::Dim, "next: ").plain(step)),
            None => Ok(()),
        }
    }
}
