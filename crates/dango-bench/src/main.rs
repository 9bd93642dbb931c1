//! Measures every budget of the project side by side with what it is compared to.
//!
//! `cargo xtask bench` builds everything and calls this. Each benchmark builds its own data, runs both sides in turn
//! in one run, and gives rows for a table with the ratio and the budget.
#![allow(clippy::print_stdout, clippy::print_stderr)] // talking to a terminal is its work
#![allow(clippy::cast_precision_loss)] // figures are shown with three digits

mod child;
mod decision;
mod effort;
mod footprint;
mod generate;
mod measure;
mod place;
mod programs;
mod report;
mod request;
#[cfg(feature = "rivals")]
mod rivals;
mod scale;
mod sign_in;
mod start;
mod writes;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::effort::Effort;
use crate::report::{Report, Row};

/// What went wrong, as a sentence for the person at the terminal.
type Failure = Box<dyn std::error::Error>;

/// One thing that is measured.
struct Benchmark {
    name: &'static str,
    about: &'static str,
    run: fn(Effort) -> Result<Vec<Row>, Failure>,
}

/// All of them, in the order they run.
const BENCHMARKS: &[Benchmark] = &[
    Benchmark {
        name: "decision",
        about: "may somebody do something: by id, in a workspace, by name, with a key, explained",
        run: decision::run,
    },
    Benchmark {
        name: "writes",
        about: "an audited role change against a bare commit",
        run: writes::run,
    },
    Benchmark {
        name: "scale",
        about: "questions to large databases against the same to a small one",
        run: scale::run,
    },
    Benchmark {
        name: "start",
        about: "commands from nothing to their end against an empty program",
        run: start::run,
    },
    Benchmark {
        name: "request",
        about: "requests of somebody signed in against a handler that asks nobody",
        run: request::run,
    },
    Benchmark {
        name: "sign-in",
        about: "sign-ins against the bare password hash",
        run: sign_in::run,
    },
    Benchmark {
        name: "footprint",
        about: "size of the programs, memory of an idle server",
        run: footprint::run,
    },
];

/// Measures every budget side by side with what it is compared to
#[derive(Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    /// The benchmark; all of them without one
    name: Option<String>,
    /// Names the benchmarks and measures nothing
    #[arg(long)]
    list: bool,
    /// Serves the routes that `request` measures, for the installation in a folder
    #[arg(long, hide = true)]
    serve: Option<PathBuf>,
    #[command(flatten)]
    effort: effort::Options,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(folder) = &arguments.serve {
        return request::serve::run(folder);
    }
    if arguments.list {
        for benchmark in BENCHMARKS {
            println!("{:10} {}", benchmark.name, benchmark.about);
        }
        return Ok(());
    }
    for benchmark in chosen(arguments.name.as_deref())? {
        println!("==> {}: {}", benchmark.name, benchmark.about);
        let rows = (benchmark.run)(arguments.effort.effort())?;
        let report = Report::new(benchmark.name, rows);
        report.print();
        println!("    {}\n", report.write()?.display());
    }
    Ok(())
}

fn chosen(name: Option<&str>) -> Result<Vec<&'static Benchmark>, Failure> {
    let wanted = |benchmark: &&Benchmark| name.is_none_or(|name| benchmark.name == name);
    let found: Vec<_> = BENCHMARKS.iter().filter(wanted).collect();
    if found.is_empty() {
        let names: Vec<&str> = BENCHMARKS.iter().map(|one| one.name).collect();
        return Err(format!("there is no such benchmark; there are {}", names.join(", ")).into());
    }
    Ok(found)
}
