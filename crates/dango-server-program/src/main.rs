//! The `dango-server` program.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    dango_server::start::run(&dango_server::args::Args::parse())
}
