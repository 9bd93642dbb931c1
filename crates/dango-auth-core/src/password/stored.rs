//! Password hashes as they are stored.

use std::fmt;

use argon2::{ARGON2ID_IDENT, Params, PasswordHash as Phc, Version};
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

use super::HashParameters;
use crate::secret::equal_in_constant_time;

/// Bytes of output that we make.
pub(super) const OUTPUT: usize = 32;
/// Cheapest bcrypt there is.
const LEAST_BCRYPT_COST: u32 = 4;
/// A bcrypt hash above this would take over two seconds; nothing we import is.
const MOST_BCRYPT_COST: u32 = 15;

/// A stored password hash: an Argon2id PHC string of ours, or a bcrypt hash made elsewhere.
///
/// Parsing checks every number in it, so a planted hash cannot ask for 100 GiB or an hour.
#[derive(Clone)]
pub struct PasswordHash(pub(super) Scheme);

#[derive(Clone)]
pub(super) enum Scheme {
    Argon2id(Argon2idHash),
    Bcrypt(Zeroizing<String>),
}

#[derive(Clone)]
pub(super) struct Argon2idHash {
    pub(super) parameters: HashParameters,
    pub(super) salt: Vec<u8>,
    pub(super) output: Vec<u8>,
}

/// A text that is no password hash this process verifies; the text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a password hash of a known scheme with acceptable parameters")]
pub struct MalformedPasswordHash;

impl PasswordHash {
    /// Reads a stored hash: `$argon2id$v=19$…` or `$2a$`, `$2b$`, `$2y$`.
    ///
    /// # Errors
    /// Other schemes or versions, and parameters out of bounds (1 GiB, 64 passes, 16 lanes; bcrypt cost 15).
    pub fn parse(text: &str) -> Result<Self, MalformedPasswordHash> {
        let scheme = if text.starts_with("$argon2id$") {
            Argon2idHash::parse(text).map(Scheme::Argon2id)
        } else {
            is_bcrypt(text).then(|| Scheme::Bcrypt(Zeroizing::new(text.to_owned())))
        };
        scheme.map(Self).ok_or(MalformedPasswordHash)
    }

    /// A hash that costs as much as a real one and that no password matches: for names that do not exist and
    /// accounts without a password, so that they take as long as the others (contract §3.9).
    pub fn dummy(parameters: &HashParameters) -> Self {
        // An output of zeros would need a password whose 256-bit hash is zero.
        Self::argon2id(*parameters, [0; 16], &[0; OUTPUT])
    }

    pub(super) fn argon2id(
        parameters: HashParameters,
        salt: [u8; 16],
        output: &[u8; OUTPUT],
    ) -> Self {
        Self(Scheme::Argon2id(Argon2idHash {
            parameters,
            salt: salt.to_vec(),
            output: output.to_vec(),
        }))
    }

    /// True when the next successful sign-in should hash the password anew: another scheme, or other
    /// parameters than these in either direction, so that all accounts come to cost the same.
    pub fn needs_rehash(&self, wanted: &HashParameters) -> bool {
        match &self.0 {
            Scheme::Argon2id(hash) => hash.parameters != *wanted || hash.output.len() != OUTPUT,
            Scheme::Bcrypt(_) => true,
        }
    }

    /// The work of checking it, in the unit of [`HashParameters::blocks`]; none where the scheme has another.
    pub fn blocks(&self) -> Option<u64> {
        match &self.0 {
            Scheme::Argon2id(hash) => Some(hash.parameters.blocks()),
            Scheme::Bcrypt(_) => None,
        }
    }

    /// The hash's scheme and cost without salt and output, to be counted in `auth status`.
    pub fn describe(&self) -> String {
        match &self.0 {
            Scheme::Argon2id(hash) => {
                let parameters = hash.parameters;
                format!(
                    "argon2id m={},t={},p={}",
                    parameters.memory_kib(),
                    parameters.iterations(),
                    parameters.parallelism()
                )
            }
            Scheme::Bcrypt(text) => format!("bcrypt {}", bcrypt_cost(text).unwrap_or_default()),
        }
    }

    /// The text to store (sealed).
    pub fn to_stored(&self) -> Zeroizing<String> {
        match &self.0 {
            Scheme::Argon2id(hash) => hash.to_phc(),
            Scheme::Bcrypt(text) => text.clone(),
        }
    }
}

impl Argon2idHash {
    fn parse(text: &str) -> Option<Self> {
        let phc = Phc::new(text).ok()?;
        let version = phc
            .version
            .and_then(|version| Version::try_from(version).ok());
        if phc.algorithm != ARGON2ID_IDENT || version != Some(Version::V0x13) {
            return None;
        }
        let params = Params::try_from(&phc).ok()?;
        if !params.keyid().is_empty() || !params.data().is_empty() {
            return None;
        }
        let parameters =
            HashParameters::bounded(params.m_cost(), params.t_cost(), params.p_cost())?;
        Some(Self {
            parameters,
            salt: phc.salt?.to_vec(),
            output: phc.hash?.as_bytes().to_vec(),
        })
    }

    /// The PHC string: numbers in the order m, t, p; salt and output in Base64 without padding.
    fn to_phc(&self) -> Zeroizing<String> {
        let parameters = self.parameters;
        Zeroizing::new(format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            parameters.memory_kib(),
            parameters.iterations(),
            parameters.parallelism(),
            BASE64_NOPAD.encode(&self.salt),
            BASE64_NOPAD.encode(&self.output),
        ))
    }
}

impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        equal_in_constant_time(self.to_stored().as_bytes(), other.to_stored().as_bytes())
    }
}

impl Eq for PasswordHash {}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({}, ***)", self.describe())
    }
}

/// `$2b$12$` and 53 symbols; `$2x$` marks hashes of a broken implementation and is refused.
fn is_bcrypt(text: &str) -> bool {
    let known = ["$2a$", "$2b$", "$2y$"]
        .iter()
        .any(|prefix| text.starts_with(prefix));
    known
        && text.parse::<bcrypt::HashParts>().is_ok()
        && bcrypt_cost(text)
            .is_some_and(|cost| (LEAST_BCRYPT_COST..=MOST_BCRYPT_COST).contains(&cost))
}

fn bcrypt_cost(text: &str) -> Option<u32> {
    let digits = text.get(4..6)?;
    // Numbers parse with a sign too.
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// From the published vectors of bcrypt implementations: the password is `U*U`.
    const BCRYPT: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    const SALT: &str = "c2FsdHNhbHRzYWx0c2FsdA";
    const OUTPUT_TEXT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn phc(head: &str) -> String {
        format!("{head}${SALT}${OUTPUT_TEXT}")
    }

    #[test]
    fn what_we_print_reads_back() {
        let hash = PasswordHash::dummy(&HashParameters::default());
        let text = hash.to_stored();
        assert!(
            text.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"),
            "{}",
            text.as_str()
        );
        assert_eq!(PasswordHash::parse(&text), Ok(hash));
        let imported = PasswordHash::parse(BCRYPT).unwrap();
        assert_eq!(imported.to_stored().as_str(), BCRYPT);
    }

    #[test]
    fn weaker_hashes_made_elsewhere_are_still_read() {
        for head in [
            "$argon2id$v=19$m=4096,t=3,p=1",
            "$argon2id$v=19$m=65536,t=3,p=4",
        ] {
            assert!(PasswordHash::parse(&phc(head)).is_ok(), "{head}");
        }
    }

    #[test]
    fn planted_hashes_with_absurd_costs_are_refused() {
        for head in [
            "$argon2id$v=19$m=104857600,t=1,p=1",
            "$argon2id$v=19$m=4294967295,t=1,p=1",
            "$argon2id$v=19$m=99999999999,t=1,p=1",
            "$argon2id$v=19$m=4096,t=4294967295,p=1",
            "$argon2id$v=19$m=4096,t=65,p=1",
            "$argon2id$v=19$m=4096,t=1,p=17",
            "$argon2id$v=19$m=4096,t=0,p=1",
            "$argon2id$v=19$m=1,t=1,p=1",
        ] {
            assert_eq!(
                PasswordHash::parse(&phc(head)),
                Err(MalformedPasswordHash),
                "{head}"
            );
        }
        for cost in ["00", "03", "16", "31", "99", "+9"] {
            let text = BCRYPT.replacen("05", cost, 1);
            assert_eq!(
                PasswordHash::parse(&text),
                Err(MalformedPasswordHash),
                "{text}"
            );
        }
    }

    #[test]
    fn other_schemes_and_broken_texts_are_refused() {
        let argon2i = phc("$argon2i$v=19$m=4096,t=3,p=1");
        let old_version = phc("$argon2id$v=16$m=4096,t=3,p=1");
        let no_version = phc("$argon2id$m=4096,t=3,p=1");
        let keyed = phc("$argon2id$v=19$m=4096,t=3,p=1,keyid=AAAA");
        for text in [
            "",
            "$",
            "plain",
            "$argon2id$",
            "$argon2id$v=19$m=4096,t=3,p=1",
            "$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA",
            &argon2i,
            &old_version,
            &no_version,
            &keyed,
            &BCRYPT.replacen("2a", "2x", 1),
            &BCRYPT[..59],
            "$2b$12$é",
            "$1$abcdefgh$abcdefghijklmnopqrstuv",
        ] {
            assert_eq!(
                PasswordHash::parse(text),
                Err(MalformedPasswordHash),
                "{text}"
            );
        }
    }

    #[test]
    fn a_hash_prints_its_cost_only() {
        let hash = PasswordHash::parse(&phc("$argon2id$v=19$m=4096,t=3,p=1")).unwrap();
        assert_eq!(
            format!("{hash:?}"),
            "PasswordHash(argon2id m=4096,t=3,p=1, ***)"
        );
        let hash = PasswordHash::parse(BCRYPT).unwrap();
        assert_eq!(format!("{hash:?}"), "PasswordHash(bcrypt 5, ***)");
    }

    #[test]
    fn other_costs_and_schemes_want_a_new_hash() {
        let wanted = HashParameters::default();
        assert!(!PasswordHash::dummy(&wanted).needs_rehash(&wanted));
        let stronger = HashParameters::checked(65_536, 3, 1).unwrap();
        assert!(PasswordHash::dummy(&wanted).needs_rehash(&stronger));
        assert!(PasswordHash::dummy(&stronger).needs_rehash(&wanted));
        assert!(PasswordHash::parse(BCRYPT).unwrap().needs_rehash(&wanted));
    }

    proptest! {
        #[test]
        fn any_text_is_answered_without_a_panic(text in "[$a-z0-9=,/.é]{0,80}") {
            let _ = PasswordHash::parse(&text);
            let _ = PasswordHash::parse(&format!("$argon2id${text}"));
            let _ = PasswordHash::parse(&format!("$2b${text}"));
        }
    }
}
