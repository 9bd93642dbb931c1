//! JSON as it is printed: readable, and safe on a terminal.

use std::io;

use serde::Serialize;

use super::clean::clean_json;

/// An indented document.
pub(super) fn pretty<T: Serialize + ?Sized>(value: &T) -> io::Result<String> {
    let document = serde_json::to_string_pretty(value)?;
    Ok(clean_json(&document).into_owned())
}

/// A document on one line.
pub(super) fn line<T: Serialize + ?Sized>(value: &T) -> io::Result<String> {
    let document = serde_json::to_string(value)?;
    Ok(clean_json(&document).into_owned())
}
