//! Template filters: values into the catalogue's phrases.

#![expect(
    clippy::inline_always,
    clippy::unnecessary_wraps,
    unreachable_pub,
    reason = "the filter attribute writes them so"
)]

use std::fmt::{Display, Write};

/// Puts one value where the phrase says `{}`.
#[askama::filter_fn]
pub(crate) fn fill<P: Display, A: Display>(
    phrase: P,
    _: &dyn askama::Values,
    value: A,
) -> askama::Result<String> {
    Ok(put(&phrase.to_string(), &[&value]))
}

/// Puts two values where the phrase says `{1}` and `{2}`.
#[askama::filter_fn]
pub(crate) fn fill2<P: Display, A: Display, B: Display>(
    phrase: P,
    _: &dyn askama::Values,
    first: A,
    second: B,
) -> askama::Result<String> {
    Ok(put(&phrase.to_string(), &[&first, &second]))
}

/// Takes the singular or plural of `one|many` and puts the number where it says `{}`.
#[askama::filter_fn]
pub(crate) fn plural<P: Display, A: Display>(
    phrase: P,
    _: &dyn askama::Values,
    count: A,
) -> askama::Result<String> {
    Ok(count_of(&phrase.to_string(), count))
}

/// Takes the singular or plural of `one|many` and puts the number where it says `{}`.
pub(crate) fn count_of(phrase: &str, count: impl Display) -> String {
    let number = count.to_string();
    let (one, many) = phrase.split_once('|').unwrap_or((phrase, phrase));
    put(if number == "1" { one } else { many }, &[&number])
}

/// Puts the values into the phrase in one pass, so a value with braces stays what it is.
pub(crate) fn put(phrase: &str, values: &[&dyn Display]) -> String {
    let mut out = String::with_capacity(phrase.len() + 32);
    let mut rest = phrase;
    while let Some((before, from)) = rest.split_once('{') {
        out.push_str(before);
        let Some((slot, after)) = from.split_once('}') else {
            out.push('{');
            rest = from;
            continue;
        };
        let index = if slot.is_empty() {
            Some(0)
        } else {
            slot.parse::<usize>().ok().map(|n| n.saturating_sub(1))
        };
        if let Some(value) = index.and_then(|index| values.get(index)) {
            // Writing to a string cannot fail.
            let _ = write!(out, "{value}");
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_in_by_place_and_are_not_read_again() {
        assert_eq!(put("{2} before {1}", &[&"{2}", &"b"]), "b before {2}");
        assert_eq!(put("hello {}", &[&"{}"]), "hello {}");
        assert_eq!(put("open { brace", &[]), "open { brace");
    }

    #[test]
    fn one_is_singular_and_none_is_plural() {
        let phrase = "{} session|{} sessions";
        assert_eq!(count_of(phrase, 1), "1 session");
        assert_eq!(count_of(phrase, 0), "0 sessions");
    }
}
