//! `cargo xtask tidy`: the house rules that neither the compiler nor clippy knows.
//!
//! Each check is a module with a function from files or packages to findings, and tests in which a
//! small offender is found. Sizes are a smell and only reported; everything else fails the run.

mod arrows;
mod leftovers;
mod links;
mod marks;
mod messages;
mod names;
mod purity;
mod recipes;
mod sizes;
mod tokens;

use std::fmt;

use crate::Failure;
use crate::workspace::{self, File};

/// Something that breaks a house rule.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Checks of one file each.
const FILE_CHECKS: [fn(&File) -> Vec<Finding>; 5] = [
    leftovers::check,
    marks::check,
    messages::check,
    names::check,
    purity::check,
];

/// Runs all checks, prints what they find and fails if any but the sizes found something.
pub(crate) fn run() -> Result<(), Failure> {
    let files = workspace::files()?;
    let mut findings = arrows::check(&workspace::packages()?);
    findings.extend(arrows::check_lints(&files));
    findings.extend(links::check(&files));
    findings.extend(recipes::check(&files));
    for check in FILE_CHECKS {
        findings.extend(files.iter().flat_map(check));
    }
    for smell in files.iter().flat_map(sizes::check) {
        println!("large: {smell}");
    }
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files, nothing found", files.len());
            Ok(())
        }
        count => Err(format!("tidy found {count} offences").into()),
    }
}

/// Makes a file for a check's tests.
#[cfg(test)]
fn sample(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_is_tidy() {
        let findings = run();
        assert!(findings.is_ok(), "{findings:?}");
    }
}
