//! The stored form of a token.

use std::fmt;

use sha2::{Digest, Sha256};

/// SHA-256 of a token: what is stored, indexed and looked up instead of the token.
///
/// A hash is no secret (nobody can turn 150 random bits back), but it prints shortened so that logs do not
/// become an index into the database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// A hash as it was read from the store.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A hash from the store or an import file, 32 bytes; any other length is `None`.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// A hash from 64 hexadecimal digits, as the Dango platform stores them.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The 32 bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 over the parts in order.
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, ..] = self.0;
        write!(f, "TokenHash({first:02x}{second:02x}{third:02x}…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_hashed_as_one_string() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(
            Some(TokenHash::of(&[b"a", b"bc"])),
            TokenHash::from_hex(abc)
        );
        assert_eq!(TokenHash::from_hex("ba78"), None);
        assert_eq!(TokenHash::from_slice(&[0; 31]), None);
    }

    #[test]
    fn the_debug_form_is_short() {
        let shown = format!("{:?}", TokenHash::from_bytes([0xab; 32]));
        assert_eq!(shown, "TokenHash(ababab…)");
    }
}
