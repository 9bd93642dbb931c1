//! The form token that proves a request comes from a page of ours, made for this session.

use data_encoding::BASE64URL_NOPAD;

use crate::seal::SubKey;
use crate::secret::{Secret, equal_in_constant_time};

const RANDOM: usize = 16;
const MAC: usize = 32;

/// A form token: 16 random bytes and their MAC together with the session, in base64url (security research §4.5).
///
/// The random part makes each page's token different, so compression of the answer leaks nothing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsrfToken(Secret);

impl CsrfToken {
    /// Makes a token for whoever holds `session` (a session id, or the value of a pre-login cookie).
    pub fn make(key: &SubKey, session: &[u8], random: [u8; RANDOM]) -> Self {
        let mut bytes = random.to_vec();
        bytes.extend_from_slice(&mac_of(key, session, &random));
        Self(Secret::new(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// True when `text` is a token made by [`make`](Self::make) with the same key for the same session.
    #[must_use]
    pub fn verify(key: &SubKey, session: &[u8], text: &str) -> bool {
        let Ok(bytes) = BASE64URL_NOPAD.decode(text.as_bytes()) else {
            return false;
        };
        match bytes.split_at_checked(RANDOM) {
            Some((random, mac)) if mac.len() == MAC => {
                equal_in_constant_time(mac, &mac_of(key, session, random))
            }
            _ => false,
        }
    }

    /// The text for the hidden form field.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The random part has a fixed length, so random ‖ session is unambiguous.
fn mac_of(key: &SubKey, session: &[u8], random: &[u8]) -> [u8; MAC] {
    key.mac(&[b"dango-csrf-v1\0", random, session])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seal::{MasterKey, Purpose};

    fn key(byte: u8) -> SubKey {
        MasterKey::from_bytes([byte; 32]).subkey(Purpose::Csrf)
    }

    #[test]
    fn a_token_counts_for_its_session_and_key_only() {
        let token = CsrfToken::make(&key(1), b"session-1", [5; 16]);
        assert_eq!(token.expose().len(), 64);
        assert!(CsrfToken::verify(&key(1), b"session-1", token.expose()));
        assert!(!CsrfToken::verify(&key(1), b"session-2", token.expose()));
        assert!(!CsrfToken::verify(&key(2), b"session-1", token.expose()));
    }

    #[test]
    fn changed_or_malformed_tokens_are_refused() {
        let token = CsrfToken::make(&key(1), b"s", [5; 16]);
        let text = token.expose();
        for bad in [
            "",
            "*",
            &text[..62],
            &format!("{text}AAAA"),
            &text.replacen(&text[..1], "_", 1),
            &"A".repeat(64),
        ] {
            assert!(!CsrfToken::verify(&key(1), b"s", bad), "{bad}");
        }
    }

    #[test]
    fn two_pages_of_one_session_have_different_tokens() {
        let one = CsrfToken::make(&key(1), b"s", [5; 16]);
        assert_ne!(one, CsrfToken::make(&key(1), b"s", [6; 16]));
    }

    proptest! {
        #[test]
        fn only_what_was_made_counts(text in "[A-Za-z0-9_=-]{0,70}", random in any::<[u8; 16]>(), session in ".{0,20}") {
            let made = CsrfToken::make(&key(1), session.as_bytes(), random);
            prop_assert!(CsrfToken::verify(&key(1), session.as_bytes(), made.expose()));
            prop_assert!(!CsrfToken::verify(&key(1), session.as_bytes(), &text));
        }
    }
}
