//! Where the accessibility rules of axe-core lie once `cargo xtask test` has fetched them.

use std::path::PathBuf;

use crate::generated;

/// The folder into which the package is fetched.
pub fn folder() -> PathBuf {
    generated::repository().join("target/axe")
}

/// The script with the rules.
pub fn file() -> PathBuf {
    folder().join("node_modules/axe-core/axe.min.js")
}
