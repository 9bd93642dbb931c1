//! The programs that are measured, which lie beside this one.

use std::path::PathBuf;

use crate::Failure;

/// Path of a program that was built in the same profile.
pub(crate) fn path(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::current_exe()?.with_file_name(name);
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!(
            "{} is missing; `cargo xtask bench` builds it",
            path.display()
        )
        .into())
    }
}
