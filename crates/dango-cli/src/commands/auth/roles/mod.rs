//! `dango auth roles`.

mod check;
mod list;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::fault::Fault;

/// See the roles and what they permit
#[derive(Debug, Subcommand)]
pub(crate) enum Roles {
    List(list::List),
    Show(show::Show),
    Check(check::Check),
}

impl Roles {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Self::List(command) => command.run(cx),
            Self::Show(command) => command.run(cx),
            Self::Check(command) => command.run(cx),
        }
    }
}
