//! Hashing a password and checking one.
//!
//! Both are slow and use much memory on purpose: run them on a thread of their own, one at a time, never
//! inside a transaction.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::{Zeroize, Zeroizing};

use super::stored::{Argon2idHash, OUTPUT, Scheme};
use super::{HashParameters, Password, PasswordHash};
use crate::secret::equal_in_constant_time;

/// The memory Argon2 works in, kept between hashes.
///
/// Keeping it saves more than half of the time at 46 MiB, because most of that is the kernel handing out fresh
/// pages. It grows to the largest hash seen and is wiped when dropped.
#[derive(Default)]
pub struct HashMemory(Vec<Block>);

/// Hashing needs more memory than there is, or Argon2 refused its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// The system gave no memory.
    #[error("not enough memory to hash a password")]
    OutOfMemory,
    /// Argon2 refused parameters that were checked before; a defect.
    #[error("the password could not be hashed")]
    Refused,
}

/// The answer of [`verify`].
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is the right one.
    Match,
    /// It is not.
    NoMatch,
}

impl Verdict {
    /// True for [`Verdict::Match`].
    pub fn is_match(self) -> bool {
        self == Self::Match
    }
}

/// Hashes a password with Argon2id; `salt` is 16 fresh random bytes.
///
/// # Errors
/// [`HashingError::OutOfMemory`] when the memory cannot be had.
pub fn hash(
    password: &Password,
    parameters: &HashParameters,
    salt: [u8; 16],
    memory: &mut HashMemory,
) -> Result<PasswordHash, HashingError> {
    let mut output = Zeroizing::new([0; OUTPUT]);
    argon2id(password, *parameters, &salt, output.as_mut_slice(), memory)?;
    Ok(PasswordHash::argon2id(*parameters, salt, &output))
}

/// Does `blocks` of the work of a hash with `parameters` for nothing, so that the check of a cheaper hash
/// takes as long as that of a hash of today; answers how many were done.
///
/// # Errors
/// [`HashingError::OutOfMemory`] when the memory cannot be had.
pub fn idle_work(
    parameters: &HashParameters,
    blocks: u64,
    memory: &mut HashMemory,
) -> Result<u64, HashingError> {
    let Some(part) = parameters.part(blocks) else {
        return Ok(0);
    };
    let nobodys = Password::empty();
    let mut output = Zeroizing::new([0; OUTPUT]);
    argon2id(&nobodys, part, &[0; 16], output.as_mut_slice(), memory)?;
    // Nobody reads the output; the compiler must not conclude that nobody needs the work.
    let _ = std::hint::black_box(&output);
    Ok(part.blocks())
}

/// Checks a password against a stored hash, in time that does not tell how much of it was right.
///
/// Argon2id hashes the password in normalization form C. bcrypt hashes were made elsewhere from the bytes as
/// typed, so those are used, and like every bcrypt only the first 72 of them: somebody with a longer password
/// can still sign in, and the rehash that follows covers all of it.
///
/// # Errors
/// [`HashingError::OutOfMemory`] when the memory cannot be had; the password was not checked then.
pub fn verify(
    password: &Password,
    hash: &PasswordHash,
    memory: &mut HashMemory,
) -> Result<Verdict, HashingError> {
    let matches = match &hash.0 {
        Scheme::Argon2id(stored) => matches_argon2id(password, stored, memory)?,
        Scheme::Bcrypt(stored) => {
            bcrypt::verify(password.expose(), stored).map_err(|_| HashingError::Refused)?
        }
    };
    Ok(if matches {
        Verdict::Match
    } else {
        Verdict::NoMatch
    })
}

fn matches_argon2id(
    password: &Password,
    stored: &Argon2idHash,
    memory: &mut HashMemory,
) -> Result<bool, HashingError> {
    let mut output = Zeroizing::new(vec![0; stored.output.len()]);
    argon2id(
        password,
        stored.parameters,
        &stored.salt,
        &mut output,
        memory,
    )?;
    Ok(equal_in_constant_time(&output, &stored.output))
}

fn argon2id(
    password: &Password,
    parameters: HashParameters,
    salt: &[u8],
    output: &mut [u8],
    memory: &mut HashMemory,
) -> Result<(), HashingError> {
    let params = Params::new(
        parameters.memory_kib(),
        parameters.iterations(),
        parameters.parallelism(),
        Some(output.len()),
    )
    .map_err(|_| HashingError::Refused)?;
    let blocks = memory.blocks(params.block_count())?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.normalized().as_bytes(), salt, output, blocks)
        .map_err(|_| HashingError::Refused)
}

impl HashMemory {
    /// No memory yet; the first hash takes it.
    pub fn new() -> Self {
        Self::default()
    }

    /// At least `count` blocks of one KiB; asking for too much is an error and not an abort.
    fn blocks(&mut self, count: usize) -> Result<&mut [Block], HashingError> {
        if let Some(missing) = count.checked_sub(self.0.len()) {
            self.0
                .try_reserve_exact(missing)
                .map_err(|_| HashingError::OutOfMemory)?;
            self.0.resize(count, Block::new());
        }
        self.0.get_mut(..count).ok_or(HashingError::OutOfMemory)
    }
}

impl Drop for HashMemory {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HashMemory({} KiB)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: HashParameters = HashParameters::insecure_for_tests();

    fn password(text: &str) -> Password {
        Password::new(text).unwrap()
    }

    fn hashed(text: &str) -> PasswordHash {
        hash(&password(text), &CHEAP, [7; 16], &mut HashMemory::new()).unwrap()
    }

    fn check(text: &str, hash: &PasswordHash) -> Verdict {
        verify(&password(text), hash, &mut HashMemory::new()).unwrap()
    }

    #[test]
    fn the_right_password_matches_and_others_do_not() {
        let stored = hashed("correct horse");
        assert_eq!(check("correct horse", &stored), Verdict::Match);
        for wrong in [
            "",
            "correct hors",
            "Correct horse",
            "correct horse ",
            " correct horse",
        ] {
            assert_eq!(check(wrong, &stored), Verdict::NoMatch, "{wrong}");
        }
        let read_back = PasswordHash::parse(&stored.to_stored()).unwrap();
        assert_eq!(check("correct horse", &read_back), Verdict::Match);
    }

    #[test]
    fn long_passwords_count_to_the_last_byte() {
        let mut one = "p".repeat(199) + "1";
        let stored = hashed(&one);
        assert_eq!(check(&one, &stored), Verdict::Match);
        one.replace_range(199.., "2");
        assert_eq!(check(&one, &stored), Verdict::NoMatch);
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same() {
        let stored = hashed("caf\u{e9} cr\u{e8}me");
        assert_eq!(check("cafe\u{301} cre\u{300}me", &stored), Verdict::Match);
        assert_eq!(check("cafe creme", &stored), Verdict::NoMatch);
        // Compatibility forms look different and stay different.
        assert_eq!(check("ﬁsh", &hashed("fish")), Verdict::NoMatch);
    }

    #[test]
    fn the_salt_makes_equal_passwords_different() {
        let mut memory = HashMemory::new();
        let one = hash(&password("x"), &CHEAP, [1; 16], &mut memory).unwrap();
        let two = hash(&password("x"), &CHEAP, [2; 16], &mut memory).unwrap();
        assert_ne!(one, two);
    }

    #[test]
    fn kept_memory_gives_the_same_hashes_as_fresh_memory() {
        let mut kept = HashMemory::new();
        let large = HashParameters::bounded(256, 2, 2).unwrap();
        let first = hash(&password("a"), &CHEAP, [1; 16], &mut kept).unwrap();
        let second = hash(&password("b"), &large, [2; 16], &mut kept).unwrap();
        let third = hash(&password("a"), &CHEAP, [1; 16], &mut kept).unwrap();
        assert_eq!(first, third);
        let fresh = hash(&password("b"), &large, [2; 16], &mut HashMemory::new()).unwrap();
        assert_eq!(second, fresh);
        assert_eq!(format!("{kept:?}"), "HashMemory(256 KiB)");
    }

    #[test]
    fn the_default_parameters_work() {
        let mut memory = HashMemory::new();
        let parameters = HashParameters::default();
        let stored = hash(&password("real"), &parameters, [3; 16], &mut memory).unwrap();
        assert!(
            verify(&password("real"), &stored, &mut memory)
                .unwrap()
                .is_match()
        );
        let dummy = PasswordHash::dummy(&parameters);
        assert!(
            !verify(&password("real"), &dummy, &mut memory)
                .unwrap()
                .is_match()
        );
    }

    #[test]
    fn hashes_of_another_argon2id_implementation_match() {
        // A test vector of the reference implementation in C.
        let text =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let stored = PasswordHash::parse(text).unwrap();
        assert_eq!(check("password", &stored), Verdict::Match);
        assert_eq!(check("Password", &stored), Verdict::NoMatch);
    }

    #[test]
    fn the_library_gives_the_rfc_9106_vector() {
        let mut builder = argon2::ParamsBuilder::new();
        builder.m_cost(32).t_cost(3).p_cost(4);
        builder.data(argon2::AssociatedData::new(&[4; 12]).unwrap());
        let params = builder.build().unwrap();
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let context = Argon2::new_with_secret(&[3; 8], algorithm, version, params).unwrap();
        let mut output = [0; 32];
        context
            .hash_password_into(&[1; 32], &[2; 16], &mut output)
            .unwrap();
        let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
        assert_eq!(hex::encode(output), expected);
    }

    #[test]
    fn bcrypt_hashes_made_elsewhere_match() {
        // Published vectors (crypt_blowfish); the three prefixes name the same algorithm.
        for (text, hash) in [
            (
                "U*U",
                "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            ),
            (
                "U*U*",
                "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
            ),
            (
                "U*U*U",
                "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a",
            ),
            (
                "",
                "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy",
            ),
        ] {
            let stored = PasswordHash::parse(hash).unwrap();
            assert_eq!(check(text, &stored), Verdict::Match, "{text}");
            assert_eq!(check("U*U*U*", &stored), Verdict::NoMatch);
        }
    }

    #[test]
    fn bcrypt_counts_72_bytes_and_never_fails_on_more() {
        let longest = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let text = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
        let stored = PasswordHash::parse(text).unwrap();
        assert_eq!(check(longest, &stored), Verdict::Match);
        assert_eq!(
            check(&format!("{longest}chars after 72 are ignored"), &stored),
            Verdict::Match
        );
        assert_eq!(check(&longest[..71], &stored), Verdict::NoMatch);
        assert_eq!(check(&"x".repeat(1_024), &stored), Verdict::NoMatch);
    }
}
