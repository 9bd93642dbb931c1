//! The three tokens that are nothing but 256 random bits: session, invite, device.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::{MalformedToken, TokenHash};
use crate::secret::Secret;

/// Length of 32 bytes in base64url without padding.
const LENGTH: usize = 43;

macro_rules! opaque_token {
    ($(#[$docs:meta])* $name:ident, $kind:literal, $domain:expr) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(Secret);

        impl $name {
            /// Makes a token from 32 fresh random bytes.
            pub fn from_random(random: [u8; 32]) -> Self {
                Self(Secret::new(BASE64URL_NOPAD.encode(&random)))
            }

            /// Reads a token as it was handed in.
            ///
            /// # Errors
            /// Anything but the one canonical spelling of 32 bytes in base64url.
            pub fn parse(text: &str) -> Result<Self, MalformedToken> {
                check_opaque(text, $kind)?;
                Ok(Self(Secret::from(text)))
            }

            /// The token itself, to be handed to its owner once.
            pub fn expose(&self) -> &str {
                self.0.expose()
            }

            /// What is stored and looked up instead of the token.
            pub fn hash(&self) -> TokenHash {
                Self::hash_of_text(self.0.expose())
            }

            /// The hash of a token as it was handed in, without keeping the token.
            ///
            /// # Errors
            /// As [`Self::parse`].
            pub fn hash_of(text: &str) -> Result<TokenHash, MalformedToken> {
                check_opaque(text, $kind)?;
                Ok(Self::hash_of_text(text))
            }

            /// Whether a text is one, in its one canonical spelling.
            pub fn is_well_formed(text: &str) -> bool {
                check_opaque(text, $kind).is_ok()
            }

            fn hash_of_text(text: &str) -> TokenHash {
                let domain: &str = $domain;
                TokenHash::of(&[domain.as_bytes(), text.as_bytes()])
            }
        }
    };
}

opaque_token!(
    /// The token of a session, in the cookie or as Bearer (contract §4).
    SessionToken,
    "session token",
    ""
);

opaque_token!(
    /// The token in an invitation link: single use, 72 hours (contract §6 `invite_hours`).
    InviteToken,
    "invite token",
    ""
);

opaque_token!(
    /// The token by which a device that has signed in before is known again (security research §4.7).
    DeviceToken,
    "device token",
    "dango-device-v1\0"
);

fn check_opaque(text: &str, kind: &'static str) -> Result<(), MalformedToken> {
    let malformed = MalformedToken { kind };
    if text.len() != LENGTH {
        return Err(malformed);
    }
    let mut bytes = Zeroizing::new([0; 32]);
    match BASE64URL_NOPAD.decode_mut(text.as_bytes(), bytes.as_mut_slice()) {
        Ok(_) => Ok(()),
        Err(_) => Err(malformed),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_session_is_stored_as_plain_sha256_of_its_string() {
        let token = SessionToken::from_random([0; 32]);
        assert_eq!(token.expose(), "A".repeat(43));
        let expected = TokenHash::of(&["A".repeat(43).as_bytes()]);
        assert_eq!(token.hash(), expected);
        assert_eq!(InviteToken::from_random([0; 32]).hash(), expected);
        assert_ne!(DeviceToken::from_random([0; 32]).hash(), expected);
    }

    #[test]
    fn other_spellings_are_refused() {
        let good = SessionToken::from_random([0xff; 32]);
        let text = good.expose().to_owned();
        assert_eq!(SessionToken::parse(&text), Ok(good));
        let one_byte_less = text.get(..42).unwrap();
        for bad in [
            String::new(),
            one_byte_less.to_owned(),
            format!("{text}="),
            format!(" {text}"),
            text.replacen('_', "/", 1),
            // The last symbol holds four bits only: its two low bits must be zero.
            format!("{one_byte_less}9"),
            "é".repeat(22),
        ] {
            assert!(SessionToken::parse(&bad).is_err(), "{bad}");
            assert!(SessionToken::hash_of(&bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered_without_a_panic(text in "[A-Za-z0-9_=é-]{0,50}") {
            let read = SessionToken::parse(&text);
            prop_assert_eq!(read.is_ok_and(|token| token.expose() == text), SessionToken::parse(&text).is_ok());
            let _ = DeviceToken::parse(&text).is_ok() || InviteToken::parse(&text).is_ok();
        }

        #[test]
        fn printing_and_parsing_is_the_identity(random in any::<[u8; 32]>()) {
            let token = InviteToken::from_random(random);
            prop_assert_eq!(InviteToken::parse(token.expose()), Ok(token));
        }
    }
}
