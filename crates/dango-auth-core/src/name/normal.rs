//! One normal form for login names: NFKC, lower case, trimmed, and nothing a reader cannot see.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::error::Problem;

/// Longest text that is looked at, in bytes; no valid name comes near it.
pub(super) const MAX_RAW_BYTES: usize = 1024;

/// Brings a login name into its one normal form (contract §1).
///
/// The characters are checked before and after, because both NFKC and lower-casing can bring
/// forth characters that were not there.
pub(super) fn normalise(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if text.len() > MAX_RAW_BYTES {
        return Err(Problem::TooLong {
            max: MAX_RAW_BYTES,
            unit: "bytes",
        });
    }
    check(text)?;
    if let Some(c) = text.nfkc().find(|&c| lowers_into_ascii(c)) {
        return Err(Problem::Ambiguous(c));
    }
    let folded = fold(text);
    check(&folded)?;
    if fold(&folded) != folded {
        return Err(Problem::Unstable);
    }
    Ok(folded)
}

/// NFKC and lower case, then NFKC again since lower-casing may leave a composable pair.
pub(super) fn fold(text: &str) -> String {
    let lowered = text.nfkc().collect::<String>().to_lowercase();
    lowered.nfkc().collect()
}

fn check(text: &str) -> Result<(), Problem> {
    if let Some(first) = text.chars().next().filter(|&c| is_combining_mark(c)) {
        return Err(Problem::Character(first));
    }
    if let Some(c) = text.chars().find(|&c| is_forbidden(c)) {
        return Err(Problem::Character(c));
    }
    if let Some(c) = text.chars().find(|&c| lowers_into_ascii(c)) {
        return Err(Problem::Ambiguous(c));
    }
    if has_hidden_dot(text) {
        return Err(Problem::Ambiguous(COMBINING_DOT));
    }
    Ok(())
}

/// SECURITY: characters outside ASCII whose lower case is an ASCII letter (the Kelvin sign, the
/// dotted capital I). Mapping them would let `admin` spelt with one collide with the real thing.
pub(super) fn lowers_into_ascii(c: char) -> bool {
    !c.is_ascii() && c.to_lowercase().any(|lower| lower.is_ascii())
}

const COMBINING_DOT: char = '\u{307}';

/// A combining dot above on a letter that has its dot already cannot be seen.
fn has_hidden_dot(text: &str) -> bool {
    text.contains("i\u{307}") || text.contains("j\u{307}")
}

/// Whether a character may stand in no login name: blank, control, invisible, bidirectional,
/// private or the mark of undecodable text.
pub(super) fn is_forbidden(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_bidi_control(c) || is_invisible(c)
}

/// Characters that change the direction of the text around them (Unicode `Bidi_Control`).
pub(super) const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Default-ignorable, blank-looking, interlinear, private-use, tag and non-characters.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2028}' | '\u{2029}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{E000}'..='\u{F8FF}'
        | '\u{FDD0}'..='\u{FDEF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFF}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{10FFFF}')
        || (c as u32) & 0xFFFE == 0xFFFE
}
