//! Time-based one-time codes (RFC 6238): SHA-1, six digits, 30 seconds, one step of tolerance each way.
//!
//! The code itself comes from `totp-lite`; the rules around it are here: three candidates compared without an
//! early exit, and a step that was accepted once, or any earlier one, is never accepted again (RFC 6238 §5.2,
//! ASVS 6.5.1). The caller stores the accepted step in the same transaction as what it allows.

use std::fmt;

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use totp_lite::{Sha1, totp_custom};
use zeroize::Zeroizing;

use crate::secret::{Secret, equal_in_constant_time};

/// Length of one time step in seconds.
pub const STEP_SECONDS: i64 = 30;
/// Digits of a code.
pub const DIGITS: u32 = 6;
/// Steps before and after the current one whose codes are accepted too.
const WINDOW: i64 = 1;
/// Shortest imported seed: 80 bits, what older authenticators were given.
const SHORTEST_SEED: usize = 10;
/// Longest imported seed: the block size of the longest hash in RFC 6238.
const LONGEST_SEED: usize = 128;

/// The secret shared with an authenticator app: 20 bytes when made here, 10 to 128 when imported.
#[derive(Clone)]
pub struct TotpSeed(Zeroizing<Vec<u8>>);

/// A text that is no Base32 seed of 10 to 128 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a base32 seed of 10 to 128 bytes")]
pub struct MalformedSeed;

impl TotpSeed {
    /// Makes a seed from 20 fresh random bytes (RFC 4226 §4 recommends 160 bits).
    pub fn from_random(random: [u8; 20]) -> Self {
        Self(Zeroizing::new(random.to_vec()))
    }

    /// Reads stored or imported bytes.
    ///
    /// # Errors
    /// Fewer than 10 or more than 128 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedSeed> {
        if (SHORTEST_SEED..=LONGEST_SEED).contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(bytes.to_vec())))
        } else {
            Err(MalformedSeed)
        }
    }

    /// Reads Base32 (RFC 4648) in either case, with or without padding, blanks and dashes.
    ///
    /// # Errors
    /// Other symbols, or a length outside 10 to 128 bytes.
    pub fn from_base32(text: &str) -> Result<Self, MalformedSeed> {
        let symbols: Zeroizing<String> = Zeroizing::new(
            text.trim_end_matches(['=', ' ', '\n', '\r'])
                .chars()
                .filter(|symbol| !matches!(symbol, ' ' | '-'))
                .map(|symbol| symbol.to_ascii_uppercase())
                .collect(),
        );
        let bytes = Zeroizing::new(
            BASE32_NOPAD
                .decode(symbols.as_bytes())
                .map_err(|_| MalformedSeed)?,
        );
        Self::from_bytes(&bytes)
    }

    /// The seed in Base32 without padding, as people type it into an app.
    pub fn to_base32(&self) -> Secret {
        Secret::new(BASE32_NOPAD.encode(&self.0))
    }

    /// The bytes, to be sealed.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The `otpauth://` link an app reads from the QR code.
    pub fn provisioning_uri(&self, issuer: &str, account: &str) -> Secret {
        let issuer = percent_encoded(issuer);
        let account = percent_encoded(account);
        let seed = self.to_base32();
        Secret::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
            seed.expose()
        ))
    }
}

impl fmt::Debug for TotpSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSeed(***)")
    }
}

impl PartialEq for TotpSeed {
    fn eq(&self, other: &Self) -> bool {
        equal_in_constant_time(&self.0, &other.0)
    }
}

impl Eq for TotpSeed {}

/// The time step an instant lies in; negative before 1970.
pub fn step_at(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(STEP_SECONDS)
}

/// The code of one time step; steps before 1970 have the code of step 0.
pub fn code_at(seed: &TotpSeed, step: i64) -> String {
    let counter = u64::try_from(step).unwrap_or(0);
    // A step width of one second makes the counter itself the "time" of the library.
    totp_custom::<Sha1>(1, DIGITS, seed.expose(), counter)
}

/// The time step whose code this is, if it may be accepted now; remember it as the next `last_step`.
///
/// Steps from one before to one after the current one count, except those up to `last_step`, the step that was
/// accepted last. Surrounding blanks and one blank inside (`123 456`) are forgiven; anything else that is not
/// six ASCII digits is refused. The time taken does not tell which candidate matched.
#[must_use]
pub fn accept(
    seed: &TotpSeed,
    code: &str,
    now: DateTime<Utc>,
    last_step: Option<i64>,
) -> Option<i64> {
    let digits = digits_of(code)?;
    let current = step_at(now);
    let floor = last_step.unwrap_or(-1);
    let mut accepted = -1_i64;
    for step in current.saturating_sub(WINDOW)..=current.saturating_add(WINDOW) {
        let candidate = Zeroizing::new(code_at(seed, step));
        let fresh = is_greater(step, floor);
        let matches = candidate.as_bytes().ct_eq(digits.as_bytes()) & fresh;
        accepted.conditional_assign(&step, matches);
    }
    (accepted >= 0).then_some(accepted)
}

/// `a > b` without a branch on them: adding 2^63 puts signed numbers in unsigned order.
fn is_greater(a: i64, b: i64) -> Choice {
    let shifted = |number: i64| number.cast_unsigned() ^ (1 << 63);
    shifted(a).ct_gt(&shifted(b))
}

fn digits_of(code: &str) -> Option<Zeroizing<String>> {
    let code = code.trim();
    let joined = Zeroizing::new(code.replacen(' ', "", 1));
    let digits = joined.bytes().all(|byte| byte.is_ascii_digit());
    (joined.len() == DIGITS as usize && digits).then_some(joined)
}

/// Percent-encodes all but RFC 3986 unreserved characters.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests;
