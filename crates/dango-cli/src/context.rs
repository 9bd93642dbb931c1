//! What a command works with: options, streams, and the door to the installation, opened when needed.

use crate::arguments::Global;
use crate::door::{Door, Local, Remote};
use crate::fault::Fault;
use crate::output::{Output, Show};
use crate::prompt::Prompt;
use crate::remotes::Remotes;
use crate::terminal::Terminal;

/// One run of the program.
pub(crate) struct Context {
    /// The global options.
    pub(crate) global: Global,
    /// Where to print.
    pub(crate) output: Output,
    terminal: Terminal,
    /// Whether the command is about a server far away, named or the only one.
    far: bool,
    under_remote: bool,
}

impl Context {
    /// Looks at the streams and remembers the options.
    pub(crate) fn new(global: Global) -> Self {
        let terminal = Terminal::look(global.color.into());
        let output = Output::new(terminal, global.json);
        let far = global.remote.is_some();
        Self {
            global,
            output,
            terminal,
            far,
            under_remote: false,
        }
    }

    /// The installation that the options name, for administration.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn door(&self) -> Result<Box<dyn Door>, Fault> {
        if !self.far {
            return Ok(Box::new(self.local()?));
        }
        let remotes = Remotes::load()?;
        let target = remotes.choose(self.global.remote.as_deref())?;
        Ok(Box::new(Remote::new(target, remotes.unanswered())?))
    }

    /// Turns to a server far away, the one that is named or the only one, for a command under `remote auth`.
    pub(crate) fn go_far(&mut self) {
        self.far = true;
        self.under_remote = true;
    }

    /// Whether the command stands under `remote auth`.
    pub(crate) const fn is_under_remote(&self) -> bool {
        self.under_remote
    }

    /// Refuses a command that works on files when a server far away is meant.
    ///
    /// # Errors
    /// A usage fault that says where to run it.
    pub(crate) fn stay_here(&self) -> Result<(), Fault> {
        if !self.far {
            return Ok(());
        }
        let text = "this works on the installation's own files, so it cannot be done from afar";
        Err(Fault::usage("local_only", text)
            .with_next_step("run it on the server itself, without --remote"))
    }

    /// The installation on this machine, for what needs access to its files.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn local(&self) -> Result<Local, Fault> {
        self.stay_here()?;
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
