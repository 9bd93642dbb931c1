//! Measures every budget of the project side by side with what it is compared to.
//!
//! `cargo xtask bench` builds everything and calls this. Each benchmark builds its own data, runs both sides in turn
//! in one run, and gives rows for a table with the ratio and the budget.
#![allow(clippy::print_stdout, clippy::print_stderr)] // talking to a terminal is its work
#![allow(clippy::cast_precision_loss)] // figures are shown with three digits

mod browser;
mod child;
mod decision;
mod effort;
mod footprint;
mod generate;
mod hot;
mod installation;
mod kept;
mod measure;
mod pin;
mod place;
mod plot;
mod programs;
mod raw;
mod report;
mod request;

mod scale;
mod sign_in;
mod start;
mod writes;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser};

use crate::effort::Effort;
use crate::place::Hashing;
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
        about: "audited changes against bare commits: one writer, eight, three processes",
        run: writes::run,
    },
    Benchmark {
        name: "scale",
        about: "questions to large databases against the same to a small one",
        run: scale::on_sqlite,
    },
    Benchmark {
        name: "scale-postgres",
        about: "the same with the database on a server",
        run: scale::on_postgres,
    },
    Benchmark {
        name: "pages",
        about: "pages of a server over a large database",
        run: scale::pages::run,
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
        name: "request-postgres",
        about: "the same with the database on a server",
        run: request::run_on_postgres,
    },
    Benchmark {
        name: "layers",
        about: "what each layer of a request costs inside the process",
        run: hot::run,
    },
    Benchmark {
        name: "memory",
        about: "what it takes to remember somebody",
        run: request::memory::run,
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
#[allow(clippy::struct_excessive_bools)] // one for each option of a command line
struct Arguments {
    /// The benchmark; all of them without one
    name: Option<String>,
    /// Names the benchmarks and measures nothing
    #[arg(long)]
    list: bool,
    /// Counts the instructions of requests and compares them with what is written down; needs valgrind
    #[arg(long, conflicts_with = "name")]
    check: bool,
    /// Writes down what was counted instead
    #[arg(long, requires = "check")]
    update: bool,
    /// Asks one thing in this process, again and again
    #[arg(long, hide = true, requires = "count")]
    hot: Option<String>,
    /// How often
    #[arg(long, hide = true)]
    count: Option<usize>,
    /// Serves the routes that `request` measures, for the installation in a folder
    #[arg(long, hide = true)]
    serve: Option<PathBuf>,
    /// Changes roles in the installation in a folder, one for each line of its input
    #[arg(long, hide = true)]
    change: Option<PathBuf>,
    /// Lets passwords cost what they do in production
    #[arg(long, hide = true)]
    real_hashing: bool,
    /// Lets the server notice commits in the way that works everywhere
    #[arg(long, hide = true)]
    by_data_version: bool,
    /// Fills the databases that `scale`, `scale-postgres` and `pages` ask, and measures nothing
    #[arg(long, conflicts_with = "name")]
    prepare: bool,
    /// Draws what `scale` and `scale-postgres` have measured
    #[arg(long, conflicts_with = "name")]
    plot: bool,
    #[command(flatten)]
    writer: Writer,
    #[command(flatten)]
    effort: effort::Options,
}

/// For the processes that `writes` starts.
#[derive(Args)]
struct Writer {
    /// Writes this for each line of the input
    #[arg(long, hide = true, requires = "folder")]
    write: Option<writes::work::Kind>,
    /// That often
    #[arg(long = "times", hide = true, default_value_t = 1)]
    times: usize,
    /// To other people than other writers
    #[arg(long = "writer", hide = true, default_value_t = 0)]
    number: usize,
    /// In this folder
    #[arg(long = "in", hide = true)]
    folder: Option<PathBuf>,
    /// On this server
    #[arg(long, hide = true)]
    database_url: Option<String>,
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
    if helped(arguments)? {
        return Ok(());
    }
    if arguments.check {
        return hot::check(arguments.update);
    }
    if arguments.list {
        for benchmark in BENCHMARKS {
            println!("{:18} {}", benchmark.name, benchmark.about);
        }
        return Ok(());
    }
    if arguments.prepare {
        return scale::prepare(arguments.effort.effort());
    }
    if arguments.plot {
        return plot::draw();
    }
    for benchmark in chosen(arguments.name.as_deref())? {
        println!("==> {}: {}", benchmark.name, benchmark.about);
        let rows = (benchmark.run)(arguments.effort.effort())?;
        let report = Report::new(benchmark.name, rows);
        report.print();
        let (met, all) = report.met();
        println!(
            "    {met} of {all} budgets met; {}\n",
            report.write()?.display()
        );
    }
    Ok(())
}

/// Does what another process of ours is started for; false where this is none.
fn helped(arguments: &Arguments) -> Result<bool, Failure> {
    let hashing = if arguments.real_hashing {
        Hashing::Real
    } else {
        Hashing::Free
    };
    if let Some(folder) = &arguments.serve {
        request::serve::run(folder, hashing, arguments.by_data_version)?;
        return Ok(true);
    }
    if let Some(folder) = &arguments.change {
        request::changes::run(folder, hashing)?;
        return Ok(true);
    }
    if let (Some(case), Some(count)) = (&arguments.hot, arguments.count) {
        hot::once(case, count)?;
        return Ok(true);
    }
    if let (Some(kind), Some(folder)) = (arguments.writer.write, &arguments.writer.folder) {
        let Writer {
            database_url,
            number,
            times,
            ..
        } = &arguments.writer;
        let work = writes::work::Work::new(kind, folder, database_url.as_deref(), *number)?;
        writes::several::serve(work, *times)?;
        return Ok(true);
    }
    Ok(false)
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
