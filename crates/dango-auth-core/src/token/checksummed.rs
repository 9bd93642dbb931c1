//! Tokens that carry a prefix and a checksum, so that tools can recognise them and typing errors are found early.
//!
//! The checksum is CRC-32 (IEEE) over prefix and random part, six base62 digits. It saves look-ups and helps
//! secret scanners; it is no security.

use super::symbols::{BASE62, base62_of, symbols_from};
use crate::secret::Secret;

/// Random symbols: 62^26 is 154.8 bits.
const RANDOM_SYMBOLS: usize = 26;
/// 62^6 holds every CRC-32.
const CHECKSUM_SYMBOLS: usize = 6;
/// What follows the prefix.
pub(super) const BODY: usize = RANDOM_SYMBOLS + CHECKSUM_SYMBOLS;

/// `prefix` + 26 random base62 symbols + checksum.
pub(super) fn make(prefix: &str, random: [u8; 32]) -> Secret {
    let mut text = format!("{prefix}{}", symbols_from(random, BASE62, RANDOM_SYMBOLS));
    let checksum = checksum_of(&text);
    text.extend(checksum.map(char::from));
    Secret::new(text)
}

/// True when `text` is `prefix` + 32 base62 symbols whose last six are the right checksum.
pub(super) fn is_well_formed(prefix: &str, text: &str) -> bool {
    let Some(body) = text.strip_prefix(prefix) else {
        return false;
    };
    if body.len() != BODY || !body.bytes().all(|symbol| symbol.is_ascii_alphanumeric()) {
        return false;
    }
    text.split_at_checked(text.len() - CHECKSUM_SYMBOLS)
        .is_some_and(|(covered, checksum)| checksum_of(covered) == checksum.as_bytes())
}

fn checksum_of(covered: &str) -> [u8; CHECKSUM_SYMBOLS] {
    base62_of(crc32fast::hash(covered.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_checksum_is_crc32() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
        assert_eq!(checksum_of("123456789"), base62_of(0xcbf4_3926));
    }

    proptest! {
        #[test]
        fn what_is_made_is_well_formed(random in any::<[u8; 32]>()) {
            let token = make("dango_x_", random);
            prop_assert_eq!(token.len(), "dango_x_".len() + 32);
            prop_assert!(is_well_formed("dango_x_", token.expose()));
            prop_assert!(!is_well_formed("dango_y_", token.expose()));
        }

        #[test]
        fn one_wrong_symbol_is_noticed(random in any::<[u8; 32]>(), at in 8_usize..40, to in 0_usize..62) {
            let token = make("dango_x_", random);
            let mut bytes = token.expose().as_bytes().to_vec();
            prop_assume!(bytes[at] != BASE62[to]);
            bytes[at] = BASE62[to];
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert!(!is_well_formed("dango_x_", &changed));
        }
    }
}
