//! API keys: our own form, and the two older forms that imported keys keep.

use data_encoding::BASE64URL_NOPAD;

use super::{MalformedToken, TokenHash, checksummed};
use crate::secret::Secret;

/// What our own keys and the Dango platform's keys start with.
const DANGO_PREFIX: &str = "dango_ak_";
/// What Dagu's keys start with.
const DAGU_PREFIX: &str = "dagu_";
/// Dagu hashes its keys under this domain for its look-up digest.
const DAGU_DOMAIN: &str = "dagu-api-key:v1\0";
/// 32 bytes in base64url: the body of the Dango platform's keys.
const DANGO_BODY: usize = 43;
/// 32 bytes in base58 are 32 (all zero) to 44 symbols.
const DAGU_BODY: std::ops::RangeInclusive<usize> = 32..=44;
/// Base58 in Bitcoin's order; only membership matters here.
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Where a key's form comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKeyKind {
    /// `dango_ak_` + 26 base62 + 6 checksum (contract §4); the only form that is issued.
    Own,
    /// `dango_ak_` + 43 base64url, issued by the Dango platform and imported.
    Dango,
    /// `dagu_` + base58 of 32 bytes, issued by Dagu and imported.
    Dagu,
}

/// An API key: shown once, stored as [`TokenHash`], recognised by its first characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyToken {
    text: Secret,
    kind: ApiKeyKind,
}

impl ApiKeyToken {
    /// Makes a key from 32 fresh random bytes.
    pub fn from_random(random: [u8; 32]) -> Self {
        Self {
            text: checksummed::make(DANGO_PREFIX, random),
            kind: ApiKeyKind::Own,
        }
    }

    /// Reads a key as it was handed in, in our own or an imported form.
    ///
    /// # Errors
    /// Any other form; for our own form also a wrong checksum.
    pub fn parse(text: &str) -> Result<Self, MalformedToken> {
        match kind_of(text) {
            Some(kind) => Ok(Self {
                text: Secret::from(text),
                kind,
            }),
            None => Err(MalformedToken { kind: "API key" }),
        }
    }

    /// True when the text claims to be an API key, well-formed or not; decides which door a Bearer value takes.
    pub fn has_prefix(text: &str) -> bool {
        text.starts_with(DANGO_PREFIX) || text.starts_with(DAGU_PREFIX)
    }

    /// Which form this key has.
    pub fn kind(&self) -> ApiKeyKind {
        self.kind
    }

    /// The key itself, to be shown once.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// What is stored and looked up: SHA-256 of the whole key, for Dagu's keys under Dagu's domain, so that
    /// the digests of both older systems can be imported as they are.
    pub fn hash(&self) -> TokenHash {
        hash(self.kind, self.expose())
    }

    /// The hash of a key as it was handed in, without keeping the key.
    ///
    /// # Errors
    /// As [`ApiKeyToken::parse`].
    pub fn hash_of(text: &str) -> Result<TokenHash, MalformedToken> {
        let kind = kind_of(text).ok_or(MalformedToken { kind: "API key" })?;
        Ok(hash(kind, text))
    }

    /// The part that may be shown for ever: 12 characters, for Dagu's keys 8.
    pub fn display_prefix(&self) -> &str {
        let length = match self.kind {
            ApiKeyKind::Own | ApiKeyKind::Dango => 12,
            ApiKeyKind::Dagu => 8,
        };
        self.expose().get(..length).unwrap_or_default()
    }
}

fn kind_of(text: &str) -> Option<ApiKeyKind> {
    if checksummed::is_well_formed(DANGO_PREFIX, text) {
        return Some(ApiKeyKind::Own);
    }
    if let Some(body) = text.strip_prefix(DANGO_PREFIX) {
        let canonical = body.len() == DANGO_BODY && BASE64URL_NOPAD.decode(body.as_bytes()).is_ok();
        return canonical.then_some(ApiKeyKind::Dango);
    }
    let body = text.strip_prefix(DAGU_PREFIX)?;
    let base58 = DAGU_BODY.contains(&body.len()) && body.bytes().all(|b| BASE58.contains(&b));
    base58.then_some(ApiKeyKind::Dagu)
}

fn hash(kind: ApiKeyKind, text: &str) -> TokenHash {
    match kind {
        ApiKeyKind::Own | ApiKeyKind::Dango => TokenHash::of(&[text.as_bytes()]),
        ApiKeyKind::Dagu => dagu_digest(text),
    }
}

fn dagu_digest(key: &str) -> TokenHash {
    TokenHash::of(&[DAGU_DOMAIN.as_bytes(), key.as_bytes()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_own_key_has_the_published_form() {
        let key = ApiKeyToken::from_random([7; 32]);
        assert_eq!(key.expose().len(), 41);
        assert_eq!(key.display_prefix().len(), 12);
        assert!(key.expose().starts_with(key.display_prefix()));
        assert_eq!(key.kind(), ApiKeyKind::Own);
        assert_eq!(key.hash(), TokenHash::of(&[key.expose().as_bytes()]));
        assert_eq!(ApiKeyToken::hash_of(key.expose()), Ok(key.hash()));
        assert!(ApiKeyToken::hash_of("dango_ak_x").is_err());
        assert!(!format!("{key:?}").contains(key.expose()));
    }

    #[test]
    fn imported_dango_keys_are_read_and_hash_as_dango_does() {
        let text = format!("dango_ak_{}", "A".repeat(43));
        let key = ApiKeyToken::parse(&text).unwrap();
        assert_eq!(key.kind(), ApiKeyKind::Dango);
        assert_eq!(key.display_prefix(), "dango_ak_AAA");
        assert_eq!(key.hash(), TokenHash::of(&[text.as_bytes()]));
    }

    #[test]
    fn imported_dagu_keys_hash_to_dagus_digest() {
        let published = "dffc41464f28bdb8ce95d13ecf9acd5ee6bf07a4b56860688431d8e803200514";
        assert_eq!(
            Some(dagu_digest("dagu_example")),
            TokenHash::from_hex(published)
        );
        let text = format!("dagu_{}", "z".repeat(43));
        let key = ApiKeyToken::parse(&text).unwrap();
        assert_eq!(key.kind(), ApiKeyKind::Dagu);
        assert_eq!(key.display_prefix(), "dagu_zzz");
        assert_eq!(key.hash(), dagu_digest(&text));
    }

    #[test]
    fn nothing_else_is_a_key() {
        let own = ApiKeyToken::from_random([7; 32]).expose().to_owned();
        for bad in [
            String::new(),
            "dango_ak_".to_owned(),
            format!("{own} "),
            own.to_uppercase(),
            own.replacen("dango", "danga", 1),
            format!("dango_ak_{}", "A".repeat(32)),
            format!("dango_ak_{}", "A".repeat(44)),
            "dagu_example".to_owned(),
            format!("dagu_{}", "0".repeat(43)),
            "é".repeat(20),
        ] {
            assert!(ApiKeyToken::parse(&bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_is_the_identity(random in any::<[u8; 32]>()) {
            let key = ApiKeyToken::from_random(random);
            prop_assert_eq!(ApiKeyToken::parse(key.expose()), Ok(key));
        }

        #[test]
        fn any_text_is_answered_without_a_panic(text in ".{0,70}") {
            let _ = ApiKeyToken::parse(&text);
            let _ = ApiKeyToken::parse(&format!("dango_ak_{text}"));
        }
    }
}
