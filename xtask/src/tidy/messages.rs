//! Error texts read as parts of a sentence: lower-case first letter, no full stop.

use super::{Finding, tokens};
use crate::workspace::File;

/// Texts that clients of the older systems compare, so they stay as they were there.
const FIXED: [&str; 2] = [
    "Invalid email or password",
    "Permission denied: {permission}",
];

pub(super) fn check(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    let tokens = tokens::of(&file.text);
    let attributes = tokens.windows(5).filter_map(|window| match window {
        [hash, open, error, parenthesis, text]
            if hash.text == "#"
                && open.text == "["
                && error.text == "error"
                && parenthesis.text == "(" =>
        {
            Some(text)
        }
        _ => None,
    });
    attributes
        .filter_map(|token| fault(&token.text).map(|fault| (token.line, fault)))
        .map(|(line, fault)| Finding::new(&file.path, line, format!("error text {fault}")))
        .collect()
}

fn fault(literal: &str) -> Option<&'static str> {
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    if FIXED.contains(&text) {
        return None;
    }
    let mut letters = text.chars();
    let (first, second) = (letters.next()?, letters.next().unwrap_or(' '));
    // An acronym or a name such as `PostgreSQL` keeps its capitals.
    let word = text.split([' ', ':', ',']).next().unwrap_or_default();
    let is_name = second.is_uppercase() || word.chars().skip(1).any(char::is_uppercase);
    if first.is_uppercase() && !is_name {
        return Some("starts with a capital");
    }
    text.ends_with('.').then_some("ends with a full stop")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn offences(text: &str) -> usize {
        let source = format!("enum E {{ #[error({text})] A }}");
        check(&sample("crates/x/src/error.rs", &source)).len()
    }

    #[test]
    fn sentences_are_found() {
        assert_eq!(offences("\"Cannot open {path}\""), 1);
        assert_eq!(offences("\"cannot open {path}.\""), 1);
    }

    #[test]
    fn plain_texts_and_names_pass() {
        assert_eq!(offences("\"cannot open {path}\""), 0);
        assert_eq!(offences("\"TOTP code refused\""), 0);
        assert_eq!(offences("\"PostgreSQL refused: {0}\""), 0);
        assert_eq!(offences("transparent"), 0);
        assert_eq!(offences("\"Invalid email or password\""), 0);
    }
}
