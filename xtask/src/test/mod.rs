//! `cargo xtask test`: every test, with the real programs, on a machine that it prepares itself.

mod axe;
mod counts;
mod machine;
mod python;
mod steps;

use std::time::Instant;

use clap::Args;
use dango_testbase::postgres::Cluster;
use dango_testbase::programs::Program;
use dango_testbase::variables;

use crate::{Failure, step};
use counts::Counts;

/// Which tests to run and what may be done to the machine.
#[derive(Args, Debug, Default)]
pub(crate) struct Options {
    /// Fail when something has to be skipped
    #[arg(long)]
    strict: bool,
    /// Run the long campaigns (thousands of rounds) too
    #[arg(long)]
    thorough: bool,
    /// Install nothing on this machine
    #[arg(long)]
    no_install: bool,
    /// Run only tests whose name contains one of these
    filters: Vec<String>,
}

impl Options {
    /// All tests, nothing skipped: what continuous integration runs.
    pub(crate) fn strict(no_install: bool) -> Self {
        Self {
            strict: true,
            no_install,
            ..Self::default()
        }
    }
}

/// Prepares the machine, runs the steps and prints the summary.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let start = Instant::now();
    let missing = machine::prepare(options.no_install);
    if options.strict && !options.no_install {
        machine::install_tool("cargo-deb");
    }
    axe::prepare(options.no_install);
    let scratch = tempfile::tempdir()?;
    let skip_log = scratch.path().join("skips");
    let cluster = start_postgres()?;

    let axe_log = scratch.path().join("axe");
    let mut environment = vec![(variables::SKIP_LOG, skip_log.display().to_string())];
    environment.push((variables::AXE_LOG, axe_log.display().to_string()));
    environment.push((variables::BINARIES_BUILT, "1".to_owned()));
    if let Some(cluster) = &cluster {
        environment.push((variables::POSTGRES_URL, cluster.url()));
    }
    environment.extend(switches(options));
    environment.extend(programs());

    let mut counts = steps::run(&options.filters, &environment);
    counts.add_skips(&std::fs::read_to_string(&skip_log).unwrap_or_default());
    drop(cluster);
    let checked = axe::Checked::read(&std::fs::read_to_string(&axe_log).unwrap_or_default());
    summarise(&counts, &checked, &missing, start);
    verdict(&counts, &missing, options.strict)
}

fn switches(options: &Options) -> impl Iterator<Item = (&'static str, String)> {
    [
        (variables::STRICT, options.strict),
        (variables::THOROUGH, options.thorough),
    ]
    .into_iter()
    .filter(|(_, on)| *on)
    .map(|(name, _)| (name, "1".to_owned()))
}

fn programs() -> impl Iterator<Item = (&'static str, String)> {
    Program::ALL.into_iter().filter_map(|program| {
        let path = program.find()?;
        Some((program.variable(), path.display().to_string()))
    })
}

/// Starts a cluster, unless PostgreSQL is missing or the caller brings a server of their own.
fn start_postgres() -> Result<Option<Cluster>, Failure> {
    if variables::value(variables::POSTGRES_URL).is_some() {
        println!("using the PostgreSQL of {}", variables::POSTGRES_URL);
        return Ok(None);
    }
    let Some(initdb) = Program::Initdb.find() else {
        return Ok(None);
    };
    step::announce("starting a throwaway PostgreSQL");
    Ok(Some(Cluster::start(&initdb)?))
}

fn summarise(counts: &Counts, checked: &axe::Checked, missing: &[Program], start: Instant) {
    println!();
    println!("{checked}");
    for test in &counts.failures {
        println!("failed: {test}");
    }
    for (test, reason) in &counts.skips {
        println!("skipped: {test}: {reason}");
    }
    for program in missing {
        println!("missing: {program}: {}", program.how_to_get());
    }
    println!("by database: {}", counts.backends());
    println!("took {:.0} s", start.elapsed().as_secs_f64());
    println!("{counts}");
}

fn verdict(counts: &Counts, missing: &[Program], strict: bool) -> Result<(), Failure> {
    if counts.failed > 0 {
        return Err("there are failures".into());
    }
    if strict && (counts.skipped() > 0 || !missing.is_empty()) {
        return Err("a strict run may not skip anything".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_fails_every_run() {
        let counts = Counts {
            failed: 1,
            ..Counts::default()
        };
        assert!(verdict(&counts, &[], false).is_err());
    }

    #[test]
    fn a_skip_fails_a_strict_run_only() {
        let mut counts = Counts {
            passed: 2,
            ..Counts::default()
        };
        assert!(verdict(&counts, &[], true).is_ok());
        assert!(verdict(&counts, &[Program::Nginx], true).is_err());
        counts.add_skips("a test\tno nginx\n");
        assert!(verdict(&counts, &[], true).is_err());
        assert!(verdict(&counts, &[Program::Nginx], false).is_ok());
    }
}
