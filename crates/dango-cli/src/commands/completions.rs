//! `dango completions`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::context::Context;
use crate::fault::Fault;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  dango completions bash > ~/.local/share/bash-completion/completions/dango"
)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "dango", &mut script);
        cx.output.raw().write_all(&script)?;
        Ok(cx.output.flush()?)
    }
}
