//! Making text from elsewhere safe to print.
//!
//! SECURITY: names, user agents and the like are chosen by strangers. A terminal must not take them for commands, and
//! a reader must not be shown them in another order than they are stored in.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Tells whether a character could steer a terminal, reorder the text around it, or hide in it.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with every unsafe character written out, such as `\u{1b}` or `\n`.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// JSON text with every unsafe character inside its strings as `\uXXXX`: the same document, safe to show.
///
/// The encoder escapes only what JSON demands (below U+0020); line breaks left are the layout's own.
pub(crate) fn clean_json(document: &str) -> Cow<'_, str> {
    let hidden = |c: char| c != '\n' && is_unsafe(c);
    if !document.contains(hidden) {
        return Cow::Borrowed(document);
    }
    let mut safe = String::with_capacity(document.len() + 16);
    for c in document.chars() {
        if hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into a string cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terminal_commands_and_reordering_marks_are_written_out() {
        assert_eq!(clean("a\u{1b}[31mred"), "a\\u{1b}[31mred");
        assert_eq!(clean("line\nbreak\r"), "line\\nbreak\\r");
        assert_eq!(clean("\u{9b}2J"), "\\u{9b}2J");
        assert_eq!(clean("gpj.\u{202e}exe"), "gpj.\\u{202e}exe");
        assert_eq!(clean("zero\u{200b}width"), "zero\\u{200b}width");
    }

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        for text in ["ann@example.org", "Zoë Ångström", "山田太郎", "Δδ 👩", ""] {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
        }
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            let safe = clean(&text);
            prop_assert!(!safe.contains(is_unsafe));
        }

        #[test]
        fn cleaned_json_is_the_same_document(text in any::<String>(), key in any::<String>()) {
            let document = serde_json::json!({ key: [text] });
            let printed = serde_json::to_string_pretty(&document).unwrap();
            let safe = clean_json(&printed);
            prop_assert!(!safe.contains(|c| c != '\n' && is_unsafe(c)));
            let back: serde_json::Value = serde_json::from_str(&safe).unwrap();
            prop_assert_eq!(back, document);
        }
    }
}
