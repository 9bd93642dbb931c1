//! `dango remote`: servers managed from here.

mod add;
mod key;
mod list;
mod login;
mod remove;

use clap::Subcommand;

use crate::commands::auth::Auth;
use crate::context::Context;
use crate::fault::Fault;

/// Manage servers from here, over HTTPS with an API key
#[derive(Debug, Subcommand)]
pub(crate) enum Remote {
    Add(add::Add),
    List(list::List),
    Remove(remove::Remove),
    Login(login::Login),
    /// Do what `dango auth` does on the server that --remote names, else on the only one
    #[command(subcommand)]
    Auth(Auth),
}

impl Remote {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Self::Add(command) => command.run(cx),
            Self::List(command) => command.run(cx),
            Self::Remove(command) => command.run(cx),
            Self::Login(command) => command.run(cx),
            Self::Auth(command) => {
                cx.go_far();
                command.run(cx)
            }
        }
    }
}
