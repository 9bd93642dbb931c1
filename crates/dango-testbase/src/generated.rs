//! Pages that are generated from the code and must not drift from it.
//!
//! Each generated page has one test whose name ends in `_page_is_current` and calls [`page`].
//! `cargo xtask docs` runs those tests with `UPDATE_DOCS=1`, which writes the pages.

use std::path::{Path, PathBuf};

use crate::variables;

/// The root of the repository.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Compares a page in the repository with its generated text, or writes it under `UPDATE_DOCS=1`.
///
/// `path` is relative to the repository's root.
///
/// # Panics
/// When the page differs from `text`, naming the first line that does, or cannot be written.
#[track_caller]
pub fn page(path: &str, text: &str) {
    let file = repository().join(path);
    if variables::is_on(variables::UPDATE_DOCS) {
        let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.and_then(|()| std::fs::write(&file, text));
        assert!(written.is_ok(), "cannot write {path}: {written:?}");
        return;
    }
    let current = std::fs::read_to_string(&file).unwrap_or_default();
    if let Some(difference) = first_difference(&current, text) {
        let message = format!("{path} is out of date ({difference}); run `cargo xtask docs`");
        assert!(current == text, "{message}");
    }
}

fn first_difference(current: &str, wanted: &str) -> Option<String> {
    if current == wanted {
        return None;
    }
    let same = current
        .lines()
        .zip(wanted.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("nothing").to_owned();
    Some(format!(
        "line {}: has `{}`, wants `{}`",
        same + 1,
        line(current),
        line(wanted)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_where_the_lock_file_is() {
        assert!(repository().join("Cargo.lock").is_file());
    }

    #[test]
    fn the_first_differing_line_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        let difference = first_difference("a\nb\n", "a\nc\n");
        assert_eq!(difference.as_deref(), Some("line 2: has `b`, wants `c`"));
        let missing = first_difference("", "a\n");
        assert_eq!(missing.as_deref(), Some("line 1: has `nothing`, wants `a`"));
    }

    #[test]
    #[should_panic(expected = "run `cargo xtask docs`")]
    fn a_page_that_does_not_exist_is_out_of_date() {
        page("docs/a-page-that-does-not-exist.md", "text\n");
    }
}
