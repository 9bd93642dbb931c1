//! `cargo xtask bench`: every budget measured beside what it is compared to.

use clap::Args;

use crate::{Failure, step};

/// Handed on to the benchmarks as they are: a name, `--quick`, `--large`, `--list`.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// `NAME`, `--quick`, `--large`, `--list`; `--help` tells more
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// Builds the programs and the benchmarks as they are released, then measures.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let programs = ["--package", "dango-server", "--package", "dango-cli"];
    let build = ["build", "--release", "--quiet"];
    step::run(&mut step::cargo(build.iter().chain(&programs)))?;
    let measure = ["--package", "dango-bench", "--features", "rivals"];
    step::run(&mut step::cargo(build.iter().chain(&measure)))?;
    let run = ["run", "--release", "--quiet"];
    let mut command = step::cargo(run.iter().chain(&measure));
    step::run(
        command
            .args(["--bin", "dango-bench", "--"])
            .args(&options.words),
    )
}
