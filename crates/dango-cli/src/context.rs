//! What a command works with: options, streams, and the door to the installation, opened when needed.

use crate::arguments::Global;
use crate::door::{Door, Local};
use crate::fault::Fault;
use crate::output::{Output, Show};
use crate::prompt::Prompt;
use crate::terminal::Terminal;

/// One run of the program.
pub(crate) struct Context {
    /// The global options.
    pub(crate) global: Global,
    /// Where to print.
    pub(crate) output: Output,
    terminal: Terminal,
}

impl Context {
    /// Looks at the streams and remembers the options.
    pub(crate) fn new(global: Global) -> Self {
        let terminal = Terminal::look(global.color.into());
        let output = Output::new(terminal, global.json);
        Self {
            global,
            output,
            terminal,
        }
    }

    /// The installation that the options name, for administration.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn door(&self) -> Result<Box<dyn Door>, Fault> {
        Ok(Box::new(self.local()?))
    }

    /// The installation on this machine, for what needs access to its files.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn local(&self) -> Result<Local, Fault> {
        Local::open(&self.global)
    }

    /// Whoever sits at the terminal.
    pub(crate) fn prompt(&mut self) -> Prompt<'_> {
        Prompt::new(&mut self.output, self.terminal.interactive, self.global.yes)
    }

    /// Prints a result.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(crate) fn show<T: Show>(&mut self, result: &T) -> Result<(), Fault> {
        Ok(self.output.show(result)?)
    }

    /// Prints a result as JSON, or says one sentence about it.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(crate) fn report<T: serde::Serialize>(
        &mut self,
        result: &T,
        sentence: &str,
    ) -> Result<(), Fault> {
        if self.output.is_json() {
            self.output.document(result)?;
            return Ok(self.output.flush()?);
        }
        Ok(self.output.done(sentence)?)
    }
}
