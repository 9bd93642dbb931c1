//! The commands, one file each: parse, one use case, render.

#![expect(
    clippy::doc_markdown,
    reason = "doc comments of arguments are help texts, not Markdown"
)]
#![expect(
    clippy::unused_self,
    reason = "every command is run the same way, also one without options"
)]

pub(crate) mod auth;
pub(crate) mod completions;
pub(crate) mod db;
pub(crate) mod doctor;
mod done;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod remote;

use crate::arguments::Command;
use crate::context::Context;
use crate::fault::Fault;

/// Runs a command.
///
/// # Errors
/// Why it did not do what was asked.
pub(crate) fn run(command: Command, cx: &mut Context) -> Result<(), Fault> {
    if matches!(
        command,
        Command::Init(_) | Command::Db(_) | Command::Doctor(_)
    ) {
        cx.stay_here()?;
    }
    match command {
        Command::Init(command) => command.run(cx),
        Command::Auth(command) => command.run(cx),
        Command::Db(command) => command.run(cx),
        Command::Remote(command) => command.run(cx),
        Command::Doctor(command) => command.run(cx),
        Command::Completions(command) => command.run(cx),
        Command::Man(command) => command.run(cx),
    }
}
