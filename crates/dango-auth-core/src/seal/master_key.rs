//! The one key everything else is derived from.

use std::fmt;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::{Secret, SecretBytes, equal_in_constant_time};

const KEY_ID: usize = 8;
const KEY: usize = 32;
/// Block size of SHA-256.
const HMAC_BLOCK: usize = 64;
/// Separates these derivations from any other use of the same key bytes.
const SALT: &[u8] = b"dango-auth-v1";

/// What a subkey is for; each purpose has its own key, so no two uses can be played against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// Sealing secrets in the database.
    Seal,
    /// The audit chain's MAC (contract §7).
    Audit,
    /// Form tokens and pre-login cookies.
    Csrf,
    /// Login names in lockout rows, so that the table does not list who was guessed at.
    LoginName,
    /// Recovery codes.
    RecoveryCode,
}

impl Purpose {
    /// INVARIANT: a label never changes and is never used for a second purpose.
    fn label(self) -> &'static [u8] {
        match self {
            Self::Seal => b"subkey:seal",
            Self::Audit => b"subkey:audit",
            Self::Csrf => b"subkey:csrf",
            Self::LoginName => b"subkey:login-name",
            Self::RecoveryCode => b"subkey:recovery-code",
        }
    }
}

/// Names a master key without telling anything about it: 16 hexadecimal digits, derived one-way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; KEY_ID]);

impl KeyId {
    /// The id as it stands in an envelope.
    pub fn from_bytes(bytes: [u8; KEY_ID]) -> Self {
        Self(bytes)
    }

    /// Reads the printed form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; KEY_ID];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The eight bytes.
    pub fn as_bytes(&self) -> &[u8; KEY_ID] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// The text of a key file is not 32 bytes in hexadecimal or Base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key is not 32 bytes in hexadecimal or base64")]
pub struct MalformedKey;

/// The 32-byte key from `.dango/secret.key` or `DANGO_SECRET_KEY` (contract §6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterKey(SecretBytes<KEY>);

impl MasterKey {
    /// Makes a key from 32 fresh random bytes, or takes 32 bytes that are one.
    pub fn from_bytes(bytes: [u8; KEY]) -> Self {
        Self(SecretBytes::new(bytes))
    }

    /// Reads a key file: 64 hexadecimal digits or Base64 (either alphabet, padded or not), blanks around it
    /// ignored.
    ///
    /// # Errors
    /// Anything that is not exactly 32 bytes.
    pub fn parse(text: &str) -> Result<Self, MalformedKey> {
        let text = text.trim().as_bytes();
        let bytes = Zeroizing::new(
            match text.len() {
                64 => hex::decode(text).ok(),
                _ => [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD]
                    .iter()
                    .find_map(|encoding| encoding.decode(text).ok()),
            }
            .ok_or(MalformedKey)?,
        );
        SecretBytes::from_slice(&bytes)
            .map(Self)
            .ok_or(MalformedKey)
    }

    /// Reads one or more keys, the newest first, parted by blanks, line ends or commas: while a key is being replaced
    /// there are two.
    ///
    /// # Errors
    /// No key at all, or a part that is none.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, MalformedKey> {
        let is_gap = |c: char| c.is_whitespace() || c == ',';
        let parts = text.split(is_gap).filter(|part| !part.is_empty());
        let keys: Vec<Self> = parts.map(Self::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            Err(MalformedKey)
        } else {
            Ok(keys)
        }
    }

    /// The text for a key file: 64 hexadecimal digits, without a line end.
    pub fn to_file_text(&self) -> Secret {
        Secret::new(hex::encode(self.0.expose()))
    }

    /// The public name of this key.
    pub fn key_id(&self) -> KeyId {
        let mut id = [0; KEY_ID];
        self.derive(b"key-id", &mut id);
        KeyId(id)
    }

    /// A public value that only this key yields; stored in the database so that a wrong key is noticed at
    /// start, before anything is written (contract §6).
    pub fn key_check(&self) -> [u8; 32] {
        let mut check = [0; 32];
        self.derive(b"key-check", &mut check);
        check
    }

    /// True when `check` is this key's [`key_check`](Self::key_check).
    #[must_use]
    pub fn matches_check(&self, check: &[u8]) -> bool {
        equal_in_constant_time(&self.key_check(), check)
    }

    /// The key for one purpose (HKDF-SHA-256, RFC 5869).
    pub fn subkey(&self, purpose: Purpose) -> SubKey {
        let mut key = Zeroizing::new([0; KEY]);
        self.derive(purpose.label(), key.as_mut_slice());
        SubKey(SecretBytes::new(*key))
    }

    fn derive(&self, info: &[u8], out: &mut [u8]) {
        let hkdf = Hkdf::<Sha256>::new(Some(SALT), self.0.expose());
        // HKDF refuses only outputs over 255 hashes; these are at most one.
        let expanded = hkdf.expand(info, out);
        debug_assert!(expanded.is_ok());
    }
}

/// A key for one purpose, derived from a [`MasterKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubKey(SecretBytes<KEY>);

impl SubKey {
    /// Puts a derived key together again that was kept sealed.
    pub fn from_bytes(bytes: [u8; KEY]) -> Self {
        Self(SecretBytes::new(bytes))
    }

    /// Gives the key away, to a cipher or a MAC.
    pub fn expose(&self) -> &[u8; KEY] {
        self.0.expose()
    }

    /// HMAC-SHA-256 over the parts in order (RFC 2104); the caller keeps the parts unambiguous.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC pads a short key with zeros to its block (RFC 2104 §2); done here, it cannot fail.
        let mut block = Zeroizing::new([0; HMAC_BLOCK]);
        for (to, from) in block.iter_mut().zip(self.expose()) {
            *to = *from;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> MasterKey {
        MasterKey::from_bytes(std::array::from_fn(|i| u8::try_from(i * 7 % 256).unwrap()))
    }

    #[test]
    fn a_key_file_reads_back_in_every_spelling() {
        let bytes = key().0.expose().to_owned();
        assert_eq!(MasterKey::parse(key().to_file_text().expose()), Ok(key()));
        for text in [
            format!("  {}\r\n", hex::encode_upper(bytes)),
            BASE64.encode(&bytes),
            BASE64_NOPAD.encode(&bytes),
            BASE64URL.encode(&bytes),
            format!("{}\n", BASE64URL_NOPAD.encode(&bytes)),
        ] {
            assert_eq!(MasterKey::parse(&text), Ok(key()), "{text}");
        }
    }

    #[test]
    fn several_keys_are_read_in_their_order() {
        let (one, two) = (key(), MasterKey::from_bytes([1; 32]));
        let (first, second) = (one.to_file_text(), two.to_file_text());
        for gap in ["\n", " ", ",", ", ", "\r\n\n"] {
            let text = format!("{}{gap}{}\n", first.expose(), second.expose());
            assert_eq!(
                MasterKey::parse_all(&text),
                Ok(vec![one.clone(), two.clone()])
            );
        }
        for bad in ["", " \n", &format!("{}\nx", first.expose())] {
            assert_eq!(MasterKey::parse_all(bad), Err(MalformedKey), "{bad}");
        }
    }

    #[test]
    fn other_texts_are_no_key() {
        for text in [
            "",
            "00",
            &"0".repeat(63),
            &"g".repeat(64),
            &BASE64.encode(&[0; 31]),
        ] {
            assert_eq!(MasterKey::parse(text), Err(MalformedKey), "{text}");
        }
    }

    #[test]
    fn a_key_is_known_by_its_id_and_check_and_prints_nothing_else() {
        let other = MasterKey::from_bytes([1; 32]);
        assert_ne!(key().key_id(), other.key_id());
        assert!(key().matches_check(&key().key_check()));
        assert!(!key().matches_check(&other.key_check()));
        assert!(!key().matches_check(b""));
        assert_eq!(
            KeyId::parse(&key().key_id().to_string()),
            Some(key().key_id())
        );
        assert_eq!(KeyId::parse("12"), None);
        assert_eq!(format!("{:?}", key()), "MasterKey(***)");
    }

    #[test]
    fn every_purpose_has_a_key_of_its_own() {
        let purposes = [
            Purpose::Seal,
            Purpose::Audit,
            Purpose::Csrf,
            Purpose::LoginName,
            Purpose::RecoveryCode,
        ];
        for (i, one) in purposes.iter().enumerate() {
            assert_eq!(key().subkey(*one), key().subkey(*one));
            for two in &purposes[i + 1..] {
                assert_ne!(key().subkey(*one), key().subkey(*two), "{one:?} {two:?}");
            }
        }
    }

    #[test]
    fn derivations_stay_as_they_are() {
        // A change would make every stored envelope and MAC unreadable. Computed with another HKDF.
        let zero = MasterKey::from_bytes([0; 32]);
        assert_eq!(zero.key_id().to_string(), "e025771300431e5a");
        let hex_of = |purpose| hex::encode(zero.subkey(purpose).expose());
        assert_eq!(
            [
                hex::encode(zero.key_check()),
                hex_of(Purpose::Seal),
                hex_of(Purpose::Audit)
            ],
            [
                "25abb58278aa1fb5a7181d6a9505aa8ca255a22ba5da7de271fcbac0a604f1d0",
                "4e7e47eba66fb570df0c5ce4bdf166c27397a5a48c0c89919faf2d07d383be0e",
                "82e48ae438ea1b1918c12408e14c0e7dbd76da9312cc16bf69cdce564bc00b44",
            ]
        );
    }

    #[test]
    fn the_mac_is_hmac_sha256() {
        // RFC 4231 test case 1 needs a 20-byte key; zero padding to the block makes it the same key.
        let mut bytes = [0; 32];
        bytes[..20].fill(0x0b);
        let key = SubKey(SecretBytes::new(bytes));
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hex::encode(key.mac(&[b"Hi ", b"There"])), expected);
    }
}
