//! `cargo xtask docs`: writes the pages of `docs/` that are generated from the code.

use std::process::Command;

use clap::Args;
use dango_testbase::variables;

use crate::{Failure, step};

/// Tests of generated pages end in this; see `dango_testbase::generated`.
const TESTS: &str = "_page_is_current";

/// How to treat the generated pages.
#[derive(Args, Clone, Copy)]
pub(crate) struct Options {
    /// Only check that the pages are current
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes the generated pages, or checks them.
pub(crate) fn run(options: Options) -> Result<(), Failure> {
    step::announce(if options.check {
        "generated pages are current"
    } else {
        "writing the generated pages"
    });
    step::run(&mut command(options))
}

fn command(options: Options) -> Command {
    let mut command = step::cargo([
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--quiet",
    ]);
    command.args(["--", TESTS]);
    if options.check {
        command.env_remove(variables::UPDATE_DOCS);
    } else {
        command.env(variables::UPDATE_DOCS, "1");
    }
    command
}
