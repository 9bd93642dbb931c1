//! The token that opens the first-admin page.

use super::{MalformedToken, TokenHash, checksummed};
use crate::secret::Secret;

/// What every setup token starts with.
const PREFIX: &str = "dango_setup_";

/// The one-time token printed at the first start; without it nobody can make the first admin from afar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupToken(Secret);

impl SetupToken {
    /// Makes a token from 32 fresh random bytes.
    pub fn from_random(random: [u8; 32]) -> Self {
        Self(checksummed::make(PREFIX, random))
    }

    /// Reads a token as it was handed in.
    ///
    /// # Errors
    /// Wrong prefix, length, symbols or checksum.
    pub fn parse(text: &str) -> Result<Self, MalformedToken> {
        if checksummed::is_well_formed(PREFIX, text) {
            Ok(Self(Secret::from(text)))
        } else {
            Err(MalformedToken {
                kind: "setup token",
            })
        }
    }

    /// The token itself, to be printed once.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored and looked up instead of the token.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&[self.0.expose().as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_token_reads_back_and_an_api_key_is_none() {
        let token = SetupToken::from_random([9; 32]);
        assert!(token.expose().starts_with("dango_setup_"));
        assert_eq!(SetupToken::parse(token.expose()), Ok(token));
        let key = crate::token::ApiKeyToken::from_random([9; 32]);
        assert!(SetupToken::parse(key.expose()).is_err());
        assert_eq!(
            SetupToken::parse("").unwrap_err().to_string(),
            "not a well-formed setup token"
        );
    }
}
