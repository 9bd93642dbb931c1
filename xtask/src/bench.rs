//! `cargo xtask bench`: every budget measured beside what it is compared to.

use std::time::Instant;

use clap::Args;

use crate::{Failure, step, workspace};

/// Handed on to the benchmarks as they are: a name, `--quick`, `--large`, `--list`, `--check`.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// `NAME`, `build`, `--quick`, `--large`, `--prepare`, `--plot`, `--list`, `--check`; `--help` tells more
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// The programs as they are released.
const PROGRAMS: [&str; 6] = [
    "build",
    "--release",
    "--package",
    "dango-server-program",
    "--package",
    "dango-cli",
];
/// The most that building them may take, in minutes, on two processors.
const BUILD_MINUTES: f64 = 6.0;

/// Builds the programs and the benchmarks as they are released, then measures.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if options.words == ["build"] {
        return build_from_nothing();
    }
    step::run(step::cargo(PROGRAMS).arg("--quiet"))?;
    let measure = ["--package", "dango-bench", "--features", "rivals"];
    let build = ["build", "--release", "--quiet"];
    step::run(&mut step::cargo(build.iter().chain(&measure)))?;
    let run = ["run", "--release", "--quiet"];
    let mut command = step::cargo(run.iter().chain(&measure));
    step::run(
        command
            .args(["--bin", "dango-bench", "--"])
            .args(&options.words),
    )
}

/// Takes the time of a release build in an empty folder, with everything downloaded before.
fn build_from_nothing() -> Result<(), Failure> {
    let folder = workspace::root().join("target/bench/build");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    step::run(step::cargo(["fetch", "--locked"]).arg("--quiet"))?;
    let start = Instant::now();
    step::run(step::cargo(PROGRAMS).arg("--target-dir").arg(&folder))?;
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    std::fs::remove_dir_all(&folder)?;
    let verdict = if minutes <= BUILD_MINUTES {
        "met"
    } else {
        "missed"
    };
    println!(
        "release build from nothing: {minutes:.1} min, at most {BUILD_MINUTES} min: {verdict}"
    );
    Ok(())
}
