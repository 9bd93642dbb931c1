//! The `dango` command: parse, one use case, render.

mod arguments;
mod commands;
mod context;
mod door;
mod exit;
mod fault;
mod output;
mod prompt;
#[cfg(test)]
mod reference;
mod remotes;
mod show;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::Arguments;
use crate::context::Context;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return arguments::refuse(&error),
    };
    let mut cx = Context::new(arguments.global);
    let Err(fault) = commands::run(arguments.command, &mut cx) else {
        return ExitCode::SUCCESS;
    };
    if fault.is_silent() {
        return ExitCode::SUCCESS;
    }
    // Nobody is left to tell when standard error is gone too.
    let _ = cx.output.fault(&fault);
    fault.exit().into()
}
