//! `cargo xtask ci`: everything that must hold before a change is merged.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args;
use dango_testbase::{programs, variables};

use crate::{Failure, docs, oldest, package, step, test, tidy};

/// What `ci` may do to the machine.
#[derive(Args, Clone, Copy)]
pub(crate) struct Options {
    /// Install nothing, neither packages nor cargo-deny
    #[arg(long)]
    no_install: bool,
}

type Check = (&'static str, fn(Options) -> Result<(), Failure>);

/// The checks, the quick ones first.
const CHECKS: [Check; 9] = [
    ("formatting", |_| {
        step::run(&mut step::cargo(["fmt", "--all", "--", "--check"]))
    }),
    ("tidy", |_| tidy::run()),
    ("packages", |_| package::check()),
    ("oldest Rust", |_| oldest::check()),
    ("lints", |_| step::run(&mut clippy())),
    ("documentation", |_| step::run(&mut rustdoc())),
    ("generated pages", |_| {
        docs::run(docs::Options { check: true })
    }),
    ("dependencies", deny),
    ("tests", |options| {
        test::run(&test::Options::strict(options.no_install))
    }),
];

/// Runs every check, also after one has failed, and names those that did.
pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let mut failed = Vec::new();
    for (number, (name, check)) in (1..).zip(CHECKS) {
        step::announce(&format!("[{number}/{}] {name}", CHECKS.len()));
        let start = Instant::now();
        if let Err(failure) = check(options) {
            eprintln!("error: {failure}");
            failed.push(name);
        }
        println!("    {name}: {:.0} s", start.elapsed().as_secs_f64());
    }
    if failed.is_empty() {
        println!("all checks hold");
        Ok(())
    } else {
        Err(format!("these checks failed: {}", failed.join(", ")).into())
    }
}

fn clippy() -> Command {
    step::cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])
}

fn rustdoc() -> Command {
    let mut command = step::cargo(["doc", "--no-deps", "--workspace"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    command
}

/// Licences, sources and bans always; known vulnerabilities when their database is there.
fn deny(options: Options) -> Result<(), Failure> {
    if programs::on_path("cargo-deny").is_none() {
        if options.no_install {
            return Err("cargo-deny is missing: `cargo install --locked cargo-deny`".into());
        }
        println!("installing cargo-deny (once, some minutes)");
        step::run(&mut step::cargo(["install", "--locked", "cargo-deny"]))?;
    }
    step::run(&mut step::cargo([
        "deny",
        "--workspace",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))?;
    advisories()
}

/// Checks for known vulnerabilities, with the database's last copy when it cannot be fetched.
fn advisories() -> Result<(), Failure> {
    let mut check = step::cargo(["deny", "--workspace", "check", "advisories"]);
    if step::output(&mut step::cargo(["deny", "fetch", "db"])).is_err() {
        if !has_copy(&advisory_copies()) {
            println!("skipped: the database of vulnerabilities cannot be fetched from here");
            return Ok(());
        }
        println!("the database of vulnerabilities cannot be fetched; using its last copy");
        check.arg("--disable-fetch");
    }
    step::run(&mut check)
}

/// Where cargo-deny keeps its copies of the database.
fn advisory_copies() -> PathBuf {
    let home = variables::value("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(variables::value("HOME")?).join(".cargo")));
    home.unwrap_or_default().join("advisory-dbs")
}

/// A failed fetch leaves the folder behind with nothing but a lock in it.
fn has_copy(copies: &Path) -> bool {
    let mut entries = std::fs::read_dir(copies).into_iter().flatten().flatten();
    entries.any(|entry| entry.path().is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_alone_is_no_copy_of_the_database() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_copy(&folder.path().join("missing")));
        std::fs::write(folder.path().join("db.lock"), "").unwrap();
        assert!(!has_copy(folder.path()));
        std::fs::create_dir(folder.path().join("advisory-db-1")).unwrap();
        assert!(has_copy(folder.path()));
    }
}
