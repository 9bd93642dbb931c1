//! `dango auth key`.

mod create;
mod list;
mod revoke;

use clap::Subcommand;

use crate::context::Context;
use crate::fault::Fault;

/// Manage API keys of users
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    List(list::List),
    Create(create::Create),
    Revoke(revoke::Revoke),
}

impl Key {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Self::List(command) => command.run(cx),
            Self::Create(command) => command.run(cx),
            Self::Revoke(command) => command.run(cx),
        }
    }
}
