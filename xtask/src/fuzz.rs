//! `cargo xtask fuzz`: every parser that meets strangers, with inputs that a fuzzer thinks up.

use std::process::Command;

use clap::Args;
use dango_testbase::programs;

use crate::{Failure, step, workspace};

/// What to fuzz, and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds for each target
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Targets; all without
    targets: Vec<String>,
}

/// Runs the targets one after the other; the first finding ends it.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let known = targets()?;
    if let Some(name) = options.targets.iter().find(|name| !known.contains(name)) {
        return Err(format!(
            "there is no target `{name}`; there are {}",
            known.join(", ")
        )
        .into());
    }
    let chosen = if options.targets.is_empty() {
        &known
    } else {
        &options.targets
    };
    require_tools()?;
    for target in chosen {
        step::announce(&format!("{target}, {} s", options.seconds));
        step::run(&mut fuzz(target, options.seconds)?)?;
    }
    println!("{} targets, nothing found", chosen.len());
    Ok(())
}

/// The files of `fuzz/fuzz_targets/`.
fn targets() -> Result<Vec<String>, Failure> {
    let folder = std::fs::read_dir(workspace::root().join("fuzz/fuzz_targets"))?;
    let stem = |path: std::path::PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    let mut names: Vec<_> = folder
        .flatten()
        .filter_map(|file| stem(file.path()))
        .collect();
    names.sort();
    Ok(names)
}

/// Says everything that is missing at once; the tests of the suite need none of it.
fn require_tools() -> Result<(), Failure> {
    let mut missing = Vec::new();
    let toolchains = step::output(Command::new("rustup").args(["toolchain", "list"]));
    if !toolchains.is_ok_and(|list| list.lines().any(|line| line.starts_with("nightly"))) {
        missing.push("a nightly compiler (`rustup toolchain install nightly`)");
    }
    if programs::on_path("cargo-fuzz").is_none() {
        missing.push("cargo-fuzz (`cargo install --locked cargo-fuzz`)");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join(" and ");
    let instead =
        "`cargo test -p dango-auth-actix --test corpora` calls the same functions without it";
    Err(format!("fuzzing needs {missing}; {instead}").into())
}

/// Begins with the inputs that are checked in; what is found besides is kept with everything else that is made.
fn fuzz(target: &str, seconds: u32) -> Result<Command, Failure> {
    let found = workspace::root().join("target/fuzz").join(target);
    std::fs::create_dir_all(&found)?;
    let time = format!("-max_total_time={seconds}");
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "fuzz", "run", target]);
    command.arg(found).arg(format!("fuzz/corpus/{target}"));
    command.args(["--", &time]);
    // The cargo that runs this tool names itself and its compiler; the nightly one has its own.
    for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(name);
    }
    command.current_dir(workspace::root());
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_corpus() {
        let targets = targets().unwrap();
        assert!(targets.len() > 10, "{targets:?}");
        for name in targets {
            let corpus = workspace::root().join("fuzz/corpus").join(&name);
            assert!(std::fs::read_dir(corpus).unwrap().count() > 0, "{name}");
        }
    }

    #[test]
    fn an_unknown_target_is_named_with_those_there_are() {
        let options = Options {
            seconds: 1,
            targets: vec!["cookies".to_owned()],
        };
        let failure = run(&options).unwrap_err().to_string();
        assert!(
            failure.contains("`cookies`") && failure.contains("authorization"),
            "{failure}"
        );
    }
}
