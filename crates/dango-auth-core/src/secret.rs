//! Secrets: values that print as `***`, are wiped when dropped and are compared in constant time.
//!
//! Every comparison of secret bytes in the workspace goes through [`equal_in_constant_time`]
//! (ASVS 11.2.4), and every secret that is held longer than one expression is one of the types here,
//! so that a stray `{:?}` can never put a password into a log (ASVS 16.2.5).

use std::fmt;

use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// What a secret prints instead of itself.
const REDACTED: &str = "***";

/// Tells whether two byte strings are equal, in time that depends on their lengths only.
///
/// Lengths are not secret: every secret of this crate has a published length.
#[must_use]
pub fn equal_in_constant_time(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// A secret text: prints as `***`, is wiped on drop, compares in constant time.
///
/// ```
/// use dango_auth_core::Secret;
///
/// let password = Secret::from("hunter2");
/// assert_eq!(format!("{password} {password:?}"), "*** ***");
/// assert_eq!(password.expose(), "hunter2");
/// ```
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Gives the secret away; each caller of this is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        equal_in_constant_time(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl Eq for Secret {}

/// Secrets can be read from requests and configuration; they are never serialised.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Secret bytes of a fixed length: a key, a seed or a nonce source.
#[derive(Clone)]
pub struct SecretBytes<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> SecretBytes<N> {
    /// Takes the bytes into custody.
    pub fn new(bytes: [u8; N]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Copies a slice of exactly `N` bytes; any other length is `None`.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; N] = bytes.try_into().ok()?;
        Some(Self::new(bytes))
    }

    /// Gives the secret away; each caller of this is a place to review.
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> From<[u8; N]> for SecretBytes<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self::new(bytes)
    }
}

impl<const N: usize> fmt::Debug for SecretBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<const N: usize> PartialEq for SecretBytes<N> {
    fn eq(&self, other: &Self) -> bool {
        equal_in_constant_time(self.0.as_slice(), other.0.as_slice())
    }
}

impl<const N: usize> Eq for SecretBytes<N> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_secret_prints_contains_the_secret() {
        let text = Secret::from("canary-one");
        let bytes = SecretBytes::new(*b"canary-two");
        let shown = format!("{text} {text:?} {text:#?} {bytes:?} {:?}", Some(&text));
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("***"));
    }

    #[test]
    fn equal_secrets_are_equal_and_others_are_not() {
        assert_eq!(Secret::from("same"), Secret::from("same"));
        assert_ne!(Secret::from("same"), Secret::from("sama"));
        assert_ne!(Secret::from("same"), Secret::from("same "));
        assert_eq!(SecretBytes::new([1, 2]), SecretBytes::new([1, 2]));
        assert_ne!(SecretBytes::new([1, 2]), SecretBytes::new([1, 3]));
    }

    #[test]
    fn a_secret_is_read_from_json() {
        let secret: Secret = serde_json::from_str("\"pa\\u0073s\"").unwrap();
        assert_eq!(secret.expose(), "pass");
    }

    #[test]
    fn bytes_of_the_wrong_length_are_refused() {
        assert!(SecretBytes::<4>::from_slice(&[0; 3]).is_none());
        assert!(SecretBytes::<4>::from_slice(&[0; 5]).is_none());
        assert_eq!(
            SecretBytes::<4>::from_slice(&[1, 2, 3, 4])
                .unwrap()
                .expose(),
            &[1, 2, 3, 4]
        );
    }
}
