//! `dango auth sessions`.

mod list;
mod revoke;

use clap::Subcommand;

use crate::context::Context;
use crate::fault::Fault;

/// See and end users' sessions
#[derive(Debug, Subcommand)]
pub(crate) enum Sessions {
    List(list::List),
    Revoke(revoke::Revoke),
}

impl Sessions {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Self::List(command) => command.run(cx),
            Self::Revoke(command) => command.run(cx),
        }
    }
}
