//! `dango auth config`.

mod set;
mod show;
mod unset;

use clap::Subcommand;

use crate::context::Context;
use crate::fault::Fault;

/// See and change settings
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    Show(show::Show),
    Set(set::Set),
    Unset(unset::Unset),
}

impl Config {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Self::Show(command) => command.run(cx),
            Self::Set(command) => command.run(cx),
            Self::Unset(command) => command.run(cx),
        }
    }
}
