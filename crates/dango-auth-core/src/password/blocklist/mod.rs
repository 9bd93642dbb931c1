//! The list of commonly used passwords that nobody may choose (NIST SP 800-63B, ASVS 6.2.4).

use std::sync::LazyLock;

/// One password per line, lower case, sorted by bytes, none shorter than eight characters.
///
/// Written by the `generator`; `cargo xtask docs` writes it anew after a change there.
const LIST: &str = include_str!("blocklist.txt");

static SORTED: LazyLock<Vec<&'static str>> = LazyLock::new(|| LIST.lines().collect());

/// True when the password is on the list, upper and lower case being the same.
pub(super) fn is_common(password: &str) -> bool {
    let lower = zeroize::Zeroizing::new(password.to_lowercase());
    SORTED.binary_search(&lower.as_str()).is_ok()
}

#[cfg(test)]
mod generator;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_sorted_and_made_of_useful_entries() {
        assert!(SORTED.len() >= 3_000, "{}", SORTED.len());
        assert!(SORTED.is_sorted_by(|a, b| a < b));
        for entry in SORTED.iter() {
            assert!(entry.chars().count() >= 8, "{entry}");
            assert_eq!(*entry, entry.to_lowercase());
            assert_eq!(*entry, entry.trim());
        }
    }

    #[test]
    fn what_everybody_tries_first_is_on_it() {
        for password in [
            "password",
            "Password1",
            "PASSWORD123",
            "P@ssw0rd",
            "12345678",
            "123456789",
            "1234567890",
            "qwertyuiop",
            "1q2w3e4r",
            "iloveyou",
            "sunshine",
            "letmein1",
            "welcome1",
            "Welcome123",
            "admin123",
            "Admin@123",
            "administrator",
            "changeme",
            "football",
            "trustno1",
            "superman",
            "qwerty123",
            "abc12345",
            "11111111",
            "87654321",
            "aaaaaaaa",
            "asdfghjkl",
            "zxcvbnm1",
            "1qaz2wsx",
            "summer2024",
            "Winter2023!",
            "monkey123",
            "dragon12",
            "princess1",
            "test1234",
            "passw0rd",
            "computer",
            "baseball",
            "00000000",
            "secret123",
            "abcdefgh",
            "password2025!",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_people_copy_from_the_examples_is_not() {
        for password in [
            "your-password",
            "min-8-chars",
            "correct horse battery staple",
            "                                        ",
            "🐕🐈🐎🐖🐑🐐🐓🦆",
            "482915730264815",
            "123456789012345",
            "a-long-enough-pass",
            "",
        ] {
            assert!(!is_common(password), "{password}");
        }
    }
}
