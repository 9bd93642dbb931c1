//! Where the accessibility rules of axe-core lie once `cargo xtask test` has fetched them, and what they said.

use std::path::PathBuf;

use crate::{generated, skip, variables};

/// The folder into which the package is fetched.
pub fn folder() -> PathBuf {
    generated::repository().join("target/axe")
}

/// The script with the rules.
pub fn file() -> PathBuf {
    folder().join("node_modules/axe-core/axe.min.js")
}

/// Notes that a page was checked in a theme, and how many rules it broke, for the summary of the run.
pub fn note(page: &str, theme: &str, violations: usize) {
    if let Some(log) = variables::value(variables::AXE_LOG) {
        skip::append(
            log.as_ref(),
            &format!("{page}\t{theme}"),
            &violations.to_string(),
        );
    }
}
