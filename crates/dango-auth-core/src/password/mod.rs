//! Passwords: what may be chosen, how it is hashed, how it is checked.
//!
//! - [`Password`] is what was typed: at most 1,024 bytes, printed as `***`.
//! - [`PasswordRules`] say whether it may be chosen: length, common passwords, likeness to names. There are no
//!   composition rules (NIST SP 800-63B, ASVS 6.2.5).
//! - [`hash`] and [`verify`] turn it into a [`PasswordHash`] and back into a [`Verdict`], in memory that is kept
//!   between hashes.
//!
//! A password counts exactly as typed, with one exception: it is brought to Unicode normalization form C
//! before it is hashed with Argon2id, so that `é` typed on two keyboards is the same letter. NFC never merges
//! letters that look different.

mod blocklist;
mod hashing;
mod parameters;
mod rules;
mod stored;

pub use hashing::{HashMemory, HashingError, Verdict, hash, idle_work, verify};
pub use parameters::{HashParameters, HashParametersError};
pub use rules::{PasswordIssue, PasswordRules, PasswordRulesError, WeakPassword};
pub use stored::{MalformedPasswordHash, PasswordHash};

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::token::symbols_from;

/// Longest password in bytes; longer input is refused before any work is done with it.
pub const LONGEST_PASSWORD: usize = 1_024;

/// Symbols of temporary passwords: letters and digits that cannot be mistaken for each other.
const READABLE: &[u8; 56] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
const TEMPORARY_SYMBOLS: usize = 24;
const TEMPORARY_GROUP: usize = 6;

/// A password as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password(Secret);

/// The password is longer than 1,024 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password is longer than {LONGEST_PASSWORD} bytes")]
pub struct PasswordTooLong;

impl Password {
    /// Takes what was typed; no trimming, no change of case, empty included (it matches nothing).
    ///
    /// # Errors
    /// More than 1,024 bytes.
    pub fn new(typed: impl Into<Secret>) -> Result<Self, PasswordTooLong> {
        let typed = typed.into();
        if typed.len() > LONGEST_PASSWORD {
            return Err(PasswordTooLong);
        }
        Ok(Self(typed))
    }

    /// Nobody's password, for work that is done for its cost alone.
    fn empty() -> Self {
        Self(Secret::new(String::new()))
    }

    /// Makes a temporary password from 32 fresh random bytes: four groups of six readable symbols, 139 bits.
    ///
    /// The dashes belong to the password. Whoever gets it must change it at the first sign-in.
    pub fn temporary(random: [u8; 32]) -> Self {
        let symbols = Zeroizing::new(symbols_from(random, READABLE, TEMPORARY_SYMBOLS));
        let mut grouped =
            String::with_capacity(TEMPORARY_SYMBOLS + TEMPORARY_SYMBOLS / TEMPORARY_GROUP);
        for (at, symbol) in symbols.chars().enumerate() {
            if at > 0 && at % TEMPORARY_GROUP == 0 {
                grouped.push('-');
            }
            grouped.push(symbol);
        }
        Self(Secret::new(grouped))
    }

    /// The password as it was typed.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The form that is hashed and measured: Unicode normalization form C.
    fn normalized(&self) -> Zeroizing<String> {
        Zeroizing::new(self.expose().nfc().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_bounded_in_bytes() {
        assert!(Password::new("a".repeat(1_024)).is_ok());
        assert_eq!(Password::new("a".repeat(1_025)), Err(PasswordTooLong));
        assert_eq!(Password::new("é".repeat(513)), Err(PasswordTooLong));
        assert!(Password::new("").is_ok());
    }

    #[test]
    fn a_password_is_kept_as_typed_and_never_printed() {
        let password = Password::new(" Canary\t ").unwrap();
        assert_eq!(password.expose(), " Canary\t ");
        assert_eq!(format!("{password:?}"), "Password(***)");
    }

    #[test]
    fn a_temporary_password_has_four_readable_groups() {
        let text = Password::temporary([0x5a; 32]).expose().to_owned();
        assert_eq!(text.len(), 27);
        let groups: Vec<&str> = text.split('-').collect();
        assert_eq!(
            groups.iter().map(|group| group.len()).collect::<Vec<_>>(),
            [6; 4]
        );
        assert!(
            text.bytes()
                .all(|symbol| symbol == b'-' || READABLE.contains(&symbol))
        );
        for look_alike in b"0O1Ilo" {
            assert!(!READABLE.contains(look_alike));
        }
        assert_ne!(text, Password::temporary([0x5b; 32]).expose());
    }
}
