//! `cargo xtask`: the project's own tools.
//!
//! Each command is a module; [`step`] runs the programs they call.
#![allow(clippy::print_stdout, clippy::print_stderr)] // talking to a terminal is its work

mod bench;
mod ci;
mod dist;
mod docs;
mod fuzz;
mod mutants;
mod oldest;
mod package;
mod sbom;
mod screenshots;
mod step;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// What went wrong, as a sentence for the person at the terminal.
type Failure = Box<dyn std::error::Error>;

/// The project's own tools.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
enum Tool {
    /// Runs every test, after setting up what the tests need
    Test(test::Options),
    /// Runs everything that must hold before a change is merged
    Ci(ci::Options),
    /// Measures every budget beside what it is compared to
    Bench(bench::Options),
    /// Checks the house rules that the compiler does not know
    Tidy,
    /// Takes a picture of every page in both themes, on a phone and on a desktop
    Screenshots(screenshots::Options),
    /// Writes the generated pages of docs/
    Docs(docs::Options),
    /// Fuzzes every parser that meets strangers; needs a nightly compiler and cargo-fuzz
    Fuzz(fuzz::Options),
    /// Changes the rules of the core a little, one by one, and tells which change no test notices
    Mutants(mutants::Options),
    /// Builds what a machine without Rust needs: programs, unit, manual pages, completions, installer
    Dist(dist::Options),
    /// Makes a Debian package of what `dist` builds
    Deb(dist::Options),
    /// Writes what the programs are made of, as a `CycloneDX` document
    Sbom(sbom::Options),
}

fn main() -> ExitCode {
    let result = match Tool::parse() {
        Tool::Test(options) => test::run(&options),
        Tool::Ci(options) => ci::run(options),
        Tool::Bench(options) => bench::run(&options),
        Tool::Tidy => tidy::run(),
        Tool::Screenshots(options) => screenshots::run(&options),
        Tool::Docs(options) => docs::run(options),
        Tool::Fuzz(options) => fuzz::run(&options),
        Tool::Mutants(options) => mutants::run(&options),
        Tool::Dist(options) => dist::run(&options),
        Tool::Deb(options) => dist::debian(&options),
        Tool::Sbom(options) => sbom::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
