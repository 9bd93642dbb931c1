//! What holds for every name, tried with characters that are known for trouble.

use proptest::prelude::*;

use super::normal::{is_forbidden, lowers_into_ascii};
use super::*;

/// Text out of characters that are known for trouble, and ordinary ones.
fn tricky() -> impl Strategy<Value = String> {
    let trouble = prop::sample::select(vec![
        'a',
        'B',
        'i',
        'I',
        'K',
        '@',
        '.',
        '-',
        ' ',
        '\t',
        '\0',
        'ß',
        'ẞ',
        'Σ',
        'ς',
        'σ',
        'ǅ',
        'ﬁ',
        '\u{130}',
        '\u{131}',
        '\u{17f}',
        '\u{212a}',
        '\u{212b}',
        '\u{301}',
        '\u{307}',
        '\u{345}',
        '\u{ff21}',
        '\u{ff20}',
        '\u{fe52}',
        '\u{fdfa}',
        '\u{1e9b}',
        '\u{3d3}',
        '\u{1fbc}',
        '\u{ac00}',
        '\u{1100}',
        '\u{1161}',
        '\u{200b}',
        '\u{202e}',
        '\u{1d400}',
        '\u{1f600}',
        '\u{fffd}',
    ]);
    let character =
        prop_oneof![3 => trouble, 1 => any::<char>(), 1 => "[ -~]".prop_map(|text| first(&text))];
    prop::collection::vec(character, 0..24).prop_map(|chars| chars.into_iter().collect())
}

fn first(text: &str) -> char {
    text.chars().next().unwrap()
}

proptest! {
    #[test]
    fn normal_form_is_final(text in tricky()) {
        if let Ok(name) = Username::parse(&text) {
            prop_assert_eq!(&Username::parse(name.as_str()).unwrap(), &name);
            prop_assert!(!name.as_str().chars().any(|c| is_forbidden(c) || lowers_into_ascii(c)));
            prop_assert!(name.as_str().chars().count() <= 254);
            let json = serde_json::to_string(&name).unwrap();
            prop_assert_eq!(serde_json::from_str::<Username>(&json).unwrap(), name);
        }
    }

    #[test]
    fn sign_in_finds_exactly_the_names_that_exist(text in tricky()) {
        let lookup = LoginName::parse(&text).unwrap();
        match Username::parse(&text) {
            Ok(name) => prop_assert_eq!(lookup.as_str(), name.as_str()),
            Err(_) => prop_assert!(Username::parse(lookup.as_str()).is_err()),
        }
        prop_assert!(!lookup.as_str().contains(char::is_control));
    }

    #[test]
    fn ascii_names_only_lose_case_and_outer_blanks(text in "[ -~]{0,70}") {
        if let Ok(name) = Username::parse(&text) {
            prop_assert_eq!(name.as_str(), text.trim().to_ascii_lowercase());
        }
    }

    #[test]
    fn refusals_are_printable_ascii(text in tricky()) {
        let errors = [
            Username::parse(&text).err(),
            EmailAddress::parse(&text).err(),
            WorkspaceName::parse(&text).err(),
            RoleName::parse(&text).err(),
            KeyName::parse(&text).err(),
        ];
        for error in errors.into_iter().flatten() {
            let message = error.to_string();
            prop_assert!(message.chars().all(|c| c == ' ' || c.is_ascii_graphic()), "{message}");
        }
    }
}

#[test]
fn no_single_character_breaks_the_normal_form() {
    for c in ('\u{80}'..='\u{1ffff}').chain('\u{e0000}'..='\u{e01ff}') {
        if let Ok(name) = Username::parse(&format!("a{c}")) {
            assert_eq!(
                Username::parse(name.as_str()),
                Ok(name),
                "U+{:04X}",
                c as u32
            );
        }
    }
}
