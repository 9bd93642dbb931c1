//! `dango auth workspace`.

mod create;
mod delete;
mod list;

use clap::Subcommand;

use crate::context::Context;
use crate::fault::Fault;

/// Manage workspaces
#[derive(Debug, Subcommand)]
pub(crate) enum Workspace {
    List(list::List),
    Create(create::Create),
    Delete(delete::Delete),
}

impl Workspace {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Self::List(command) => command.run(cx),
            Self::Create(command) => command.run(cx),
            Self::Delete(command) => command.run(cx),
        }
    }
}
