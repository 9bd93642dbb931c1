//! Whose login name contains a text.
//!
//! A text that many names contain is found soonest by walking the list itself; one that few contain, by the
//! parts of names that both databases keep an index of (ADR 0013). A look at a few hundred names tells
//! roughly which it is. Parts only say where to look: the names themselves decide.

use std::collections::BTreeSet;

use dango_auth_core::name::LoginName;

use crate::Answer;
use crate::dialect::{self, Part};
use crate::tx::ReadTx;

/// Names that are looked at to see whether many contain the text.
const SAMPLE: u32 = 500;
/// How many of them make it a text of many: a page is full after about a thousand more.
const COMMON: i64 = 10;
/// Accounts that are still few.
const FEW: usize = 1_000;
/// Characters of a part.
const PART: usize = 6;
/// Bytes that the shortest part begins with.
const SHORTEST: usize = 3;
/// Parts that are asked for at most; more do not narrow it down.
const PARTS: usize = 12;

/// What a search comes to.
pub(super) enum Holders {
    /// The ids of exactly those accounts.
    Few(Vec<String>),
    /// More than are worth listing, to be compared with this pattern one by one.
    Many(String),
}

/// The accounts with a login name that contains `text`.
pub(super) fn holders(tx: &mut ReadTx<'_>, text: &LoginName) -> Answer<Holders> {
    let text = text.as_str();
    let pattern = containing(text);
    let parts = parts(text);
    if parts.is_empty() {
        return Ok(Holders::Many(pattern));
    }
    let common = tx.query(|link| dialect::names_like(link, &pattern, SAMPLE))?;
    if common >= COMMON {
        return Ok(Holders::Many(pattern));
    }
    let most = u32::try_from(FEW + 1).unwrap_or(u32::MAX);
    let found = tx.query(|link| dialect::holders_by_parts(link, &parts, &pattern, most))?;
    if found.len() > FEW {
        return Ok(Holders::Many(pattern));
    }
    // One account may have two such names.
    let found: BTreeSet<String> = found.into_iter().collect();
    Ok(Holders::Few(found.into_iter().collect()))
}

/// A pattern for names that contain `text`, taken literally.
fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Parts that every name with the text has; none for a text too short to have any.
fn parts(text: &str) -> Vec<Part> {
    if text.len() < SHORTEST {
        return Vec::new();
    }
    let letters: Vec<char> = text.chars().collect();
    if letters.len() < PART {
        return vec![Part::Start(text.to_owned())];
    }
    // Side by side, so that each character is in one; the last one ends where the text does.
    let side_by_side = letters.chunks_exact(PART).take(PARTS - 1);
    let parts = side_by_side.chain(letters.rchunks_exact(PART).take(1));
    let distinct: BTreeSet<String> = parts.map(|part| part.iter().collect()).collect();
    distinct.into_iter().map(Part::Whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_text_and_are_not_endless() {
        let whole = |text: &str| Part::Whole(text.to_owned());
        assert_eq!(parts("ab"), []);
        assert_eq!(parts("é1"), [Part::Start("é1".to_owned())]);
        assert_eq!(parts("abcde"), [Part::Start("abcde".to_owned())]);
        assert_eq!(parts("abcdef"), [whole("abcdef")]);
        assert_eq!(parts("abcdefgh"), [whole("abcdef"), whole("cdefgh")]);
        assert_eq!(parts(&"a".repeat(200)), [whole("aaaaaa")]);
        let long: String = ('!'..'~').collect();
        assert_eq!(parts(&long).len(), PARTS);
    }

    #[test]
    fn a_pattern_takes_everything_literally() {
        assert_eq!(containing("a%_!b"), "%a!%!_!!b%");
    }
}
