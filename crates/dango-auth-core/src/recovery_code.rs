//! Recovery codes: what somebody types when the authenticator is lost; each works once.
//!
//! A code is 24 symbols of a 32-letter alphabet without look-alikes, in six groups of four: 120 bits
//! (ASVS 6.5.2 asks for 112). It is stored as HMAC-SHA-256 under a subkey, one row per code, so a stolen
//! database allows no guessing. The Dango platform's codes (`XXXX-XXXX`, 40 bits, stored as bare SHA-256) are
//! imported by putting their digest under the same HMAC; [`RecoveryCode::mac`] finds both kinds.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::seal::SubKey;
use crate::secret::Secret;
use crate::token::symbols_from;

/// A-Z without I and O, then 2-9.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 15 bytes at five bits a symbol.
const SYMBOLS: usize = 24;
/// Length of the Dango platform's codes.
const LEGACY_SYMBOLS: usize = 8;
const GROUP: usize = 4;

/// A recovery code, ours or an imported one, without dashes and in upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCode(Secret);

/// A text that is no recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed recovery code")]
pub struct MalformedRecoveryCode;

impl RecoveryCode {
    /// Makes a code from 15 fresh random bytes; every bit pattern is one code, so there is no bias.
    pub fn from_random(random: [u8; 15]) -> Self {
        let mut wide = [0; 32];
        let (_, low) = wide.split_at_mut(32 - random.len());
        low.copy_from_slice(&random);
        Self(Secret::new(symbols_from(wide, ALPHABET, SYMBOLS)))
    }

    /// Reads a code as it was typed: case, dashes and blanks do not matter.
    ///
    /// # Errors
    /// Other symbols, or neither 24 nor (imported codes) 8 of them.
    pub fn parse(text: &str) -> Result<Self, MalformedRecoveryCode> {
        let symbols: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(|symbol| !symbol.is_whitespace() && *symbol != '-')
                .map(|symbol| symbol.to_ascii_uppercase())
                .collect(),
        );
        let known = symbols.bytes().all(|symbol| ALPHABET.contains(&symbol));
        if known && matches!(symbols.len(), SYMBOLS | LEGACY_SYMBOLS) {
            Ok(Self(Secret::new(symbols.as_str())))
        } else {
            Err(MalformedRecoveryCode)
        }
    }

    /// The code in groups of four, to be shown once.
    pub fn grouped(&self) -> Secret {
        let symbols: Vec<char> = self.0.expose().chars().collect();
        let groups: Vec<String> = symbols
            .chunks(GROUP)
            .map(|group| group.iter().collect())
            .collect();
        Secret::new(groups.join("-"))
    }

    /// The value to store and to look up, for codes of either kind.
    pub fn mac(&self, key: &SubKey) -> [u8; 32] {
        if self.is_legacy() {
            Self::mac_of_legacy_digest(key, &self.legacy_digest())
        } else {
            key.mac(&[b"dango-recovery-v1\0", self.0.expose().as_bytes()])
        }
    }

    /// The value to store for an imported code of which only the Dango platform's SHA-256 is known.
    pub fn mac_of_legacy_digest(key: &SubKey, digest: &[u8; 32]) -> [u8; 32] {
        key.mac(&[b"dango-recovery-imported\0", digest])
    }

    /// The Dango platform's stored form: SHA-256 of the symbols.
    pub fn legacy_digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose().as_bytes()).into()
    }

    /// True for the imported eight-symbol kind.
    pub fn is_legacy(&self) -> bool {
        self.0.len() == LEGACY_SYMBOLS
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seal::{MasterKey, Purpose};

    fn key() -> SubKey {
        MasterKey::from_bytes([3; 32]).subkey(Purpose::RecoveryCode)
    }

    #[test]
    fn a_code_has_six_groups_of_four() {
        let code = RecoveryCode::from_random([0; 15]);
        assert_eq!(code.grouped().expose(), "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA");
        let code = RecoveryCode::from_random([0xff; 15]);
        assert_eq!(code.grouped().expose(), "9999-9999-9999-9999-9999-9999");
    }

    #[test]
    fn the_alphabet_has_no_look_alikes() {
        for symbol in b"IO01" {
            assert!(!ALPHABET.contains(symbol));
        }
    }

    #[test]
    fn case_dashes_and_blanks_do_not_matter() {
        let code = RecoveryCode::from_random([0xa5; 15]);
        let shown = code.grouped().expose().to_owned();
        for text in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
            format!("  {shown}\n"),
        ] {
            assert_eq!(RecoveryCode::parse(&text).as_ref(), Ok(&code), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_code() {
        for text in [
            "",
            "AAAA",
            "AAAA-AAA1",
            "AAAA-AAAO",
            &"A".repeat(23),
            &"A".repeat(25),
            "ÄÄÄÄ",
        ] {
            assert_eq!(
                RecoveryCode::parse(text),
                Err(MalformedRecoveryCode),
                "{text}"
            );
        }
    }

    #[test]
    fn an_imported_code_is_found_by_its_old_digest() {
        let code = RecoveryCode::parse("abcd-2345").unwrap();
        assert!(code.is_legacy());
        let stored: [u8; 32] = Sha256::digest(b"ABCD2345").into();
        assert_eq!(code.legacy_digest(), stored);
        assert_eq!(
            code.mac(&key()),
            RecoveryCode::mac_of_legacy_digest(&key(), &stored)
        );
    }

    #[test]
    fn the_stored_value_needs_the_key() {
        let code = RecoveryCode::from_random([1; 15]);
        let other = MasterKey::from_bytes([4; 32]).subkey(Purpose::RecoveryCode);
        assert_ne!(code.mac(&key()), code.mac(&other));
        assert_ne!(
            code.mac(&key()),
            RecoveryCode::from_random([2; 15]).mac(&key())
        );
        assert_eq!(format!("{code:?}"), "RecoveryCode(***)");
    }

    proptest! {
        #[test]
        fn printing_and_parsing_is_the_identity(random in any::<[u8; 15]>()) {
            let code = RecoveryCode::from_random(random);
            prop_assert_eq!(RecoveryCode::parse(code.grouped().expose()), Ok(code));
        }

        #[test]
        fn different_bytes_make_different_codes(one in any::<[u8; 15]>(), two in any::<[u8; 15]>()) {
            let same = RecoveryCode::from_random(one) == RecoveryCode::from_random(two);
            prop_assert_eq!(same, one == two);
        }
    }
}
