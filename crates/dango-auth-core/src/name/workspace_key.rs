//! Names of workspaces as numbers, so that a list of them is searched without reading text.

/// The longest name that fits, by six bits a letter.
const LETTERS: usize = 21;
/// Set where the number is only a digest of the name.
const DIGEST: u128 = 1 << 127;

/// A number for the name of a workspace.
///
/// Up to 21 characters it is the name itself: 64 characters may stand in one, so each takes six bits, and a leading
/// 1 tells the length. A longer name has a digest, FNV-1a of 128 bit, without its first bit. Nothing rests on that
/// being hard to collide: whoever finds a name by a digest compares the names as well ([`Self::is_exact`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct WorkspaceKey(u128);

impl WorkspaceKey {
    /// The number of no name.
    pub(crate) const NONE: Self = Self(0);

    /// The number of a name of letters that may stand in one.
    pub(super) fn of(name: &str) -> Self {
        if name.len() <= LETTERS {
            let digits = name.bytes().map(digit);
            return Self(digits.fold(1, |number, digit| number << 6 | u128::from(digit)));
        }
        let mix = |hash: u128, byte: u8| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        };
        let digest = name
            .bytes()
            .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, mix);
        Self(digest | DIGEST)
    }

    /// Whether two names with this number are the same name.
    #[inline]
    pub(crate) const fn is_exact(self) -> bool {
        self.0 & DIGEST == 0
    }

    /// A place in a table; names that differ little are far from each other.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves")]
    pub(crate) const fn place(self) -> usize {
        let (low, high) = (self.0 as u64, (self.0 >> 64) as u64);
        let joined = low ^ high.rotate_left(29);
        (joined.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
    }
}

/// Which of the 64 characters it is.
const fn digit(letter: u8) -> u8 {
    match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'_' => 62,
        _ => 63,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn short_names_have_a_number_of_their_own() {
        let letters: Vec<char> = ('A'..='Z')
            .chain('a'..='z')
            .chain('0'..='9')
            .chain("_-".chars())
            .collect();
        let mut names = BTreeSet::new();
        for length in 1..=LETTERS {
            for place in 0..length {
                for letter in &letters {
                    for rest in ['A', '-'] {
                        let mut name = vec![rest; length];
                        name[place] = *letter;
                        names.insert(name.into_iter().collect::<String>());
                    }
                }
            }
        }
        let keys: BTreeSet<_> = names.iter().map(|name| WorkspaceKey::of(name)).collect();
        assert_eq!(keys.len(), names.len());
        assert!(
            keys.iter()
                .all(|key| key.is_exact() && *key != WorkspaceKey::NONE)
        );
    }

    #[test]
    fn a_longer_name_has_a_digest() {
        let longest = "-".repeat(LETTERS);
        assert!(WorkspaceKey::of(&longest).is_exact());
        let longer = WorkspaceKey::of(&format!("{longest}-"));
        assert!(!longer.is_exact());
        assert_ne!(longer, WorkspaceKey::of(&format!("{longest}A")));
    }

    #[test]
    fn neighbours_are_spread() {
        for size in [16_usize, 256, 4_096] {
            let place = |number| WorkspaceKey::of(&format!("workspace-{number}")).place() % size;
            let places: BTreeSet<usize> = (0..size / 4).map(place).collect();
            // As many as by chance, which is 22 of 25.
            assert!(
                places.len() * 10 >= size / 4 * 8,
                "{} of {size}",
                places.len()
            );
        }
    }
}
