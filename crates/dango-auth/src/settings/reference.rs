//! The configuration reference, made from the table of settings.

use std::fmt::Write as _;

use super::keys::KEYS;
use super::{Key, Profile};

/// The page `docs/reference/configuration.md`: how settings are given, and a table of all of them.
pub fn reference() -> String {
    let mut text = String::from(include_str!("reference.md"));
    for key in KEYS {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", row(key));
    }
    text
}

fn row(key: &Key) -> String {
    let [local, cloud] = Profile::ALL.map(|profile| match key.preset(profile) {
        None => "-",
        Some("") => "none",
        Some(text) => text,
    });
    let changes = if key.is_runtime() {
        "at run time"
    } else {
        "at start"
    };
    let other: Vec<_> = key
        .aliases
        .iter()
        .chain(key.variables)
        .map(|name| format!("`{name}`"))
        .collect();
    let also = if other.is_empty() {
        String::new()
    } else {
        format!(" Also {}.", other.join(", "))
    };
    let secret = if key.is_secret() { " Secret." } else { "" };
    let (name, takes, meaning) = (key.name(), key.takes(), key.description());
    format!("| `{name}` | {takes} | {local} | {cloud} | {changes} | {meaning}{secret}{also} |")
}
