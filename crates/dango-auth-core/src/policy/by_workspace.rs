//! A small map from workspaces to values that is searched in a few nanoseconds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use crate::name::WorkspaceName;

/// Values by workspace.
#[derive(Debug, Clone)]
pub(super) struct ByWorkspace<T>(HashMap<u64, (WorkspaceName, T), BuildHasherDefault<Fingerprint>>);

impl<T> ByWorkspace<T> {
    /// Makes the map; `merge` settles what a workspace gets that comes more than once.
    ///
    /// SECURITY: of two workspaces with one fingerprint, which do not happen by accident, only the
    /// first is kept; the other stays closed.
    pub(super) fn new(
        entries: impl IntoIterator<Item = (WorkspaceName, T)>,
        mut merge: impl FnMut(&mut T, &T),
    ) -> Self {
        let mut map = HashMap::default();
        for (name, value) in entries {
            match map.entry(name.fingerprint()) {
                Entry::Vacant(place) => {
                    place.insert((name, value));
                }
                Entry::Occupied(mut place) => {
                    let (listed, merged) = place.get_mut();
                    if *listed == name {
                        merge(merged, &value);
                    }
                }
            }
        }
        Self(map)
    }

    /// The value of a workspace.
    #[inline]
    pub(super) fn get(&self, name: &WorkspaceName) -> Option<&T> {
        let (listed, value) = self.0.get(&name.fingerprint())?;
        is_same(listed.as_str(), name.as_str()).then_some(value)
    }

    /// The workspaces that have a value.
    pub(super) fn names(&self) -> impl Iterator<Item = &WorkspaceName> {
        self.0.values().map(|(name, _)| name)
    }
}

/// Whether two names are the same, eight bytes at a time and the last eight once more: a call of the C
/// library, or a loop whose end depends on the length, costs more than a short name.
#[inline]
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let Some(ends) = one.last_chunk().zip(other.last_chunk()) else {
        return one == other;
    };
    let (words, other_words) = (one.as_chunks::<8>().0, other.as_chunks::<8>().0);
    let differs =
        |(one, other): (&[u8; 8], &[u8; 8])| u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other);
    let pairs = words.iter().zip(other_words).map(differs);
    pairs.fold(differs(ends), |all, pair| all | pair) == 0
}

/// Hands a fingerprint on as its own hash.
#[derive(Debug, Clone, Copy, Default)]
struct Fingerprint(u64);

impl Hasher for Fingerprint {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    #[inline]
    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(number: usize) -> WorkspaceName {
        WorkspaceName::parse(&format!("w{number}")).unwrap()
    }

    #[test]
    fn every_workspace_is_found_and_no_other() {
        for size in [0, 1, 2, 3, 64, 1000] {
            let map = ByWorkspace::new((0..size).map(|n| (workspace(n), n)), |_, _| ());
            for number in 0..size {
                assert_eq!(map.get(&workspace(number)), Some(&number));
            }
            assert_eq!(map.get(&workspace(size)), None);
            assert_eq!(map.names().count(), size);
        }
    }

    #[test]
    fn names_are_compared_to_their_last_letter() {
        let name = "abcdefghijklmnopqrs";
        for end in 0..=name.len() {
            for other in 0..=name.len() {
                let same = is_same(&name[..end], &name[..other]);
                assert_eq!(same, end == other, "{end} {other}");
            }
        }
        for place in 0..name.len() {
            let mut other = name.to_owned();
            other.replace_range(place..=place, "_");
            assert!(!is_same(name, &other), "{other}");
        }
    }

    #[test]
    fn what_comes_twice_is_merged() {
        let entries = [(workspace(1), 6), (workspace(2), 5), (workspace(1), 3)];
        let map = ByWorkspace::new(entries, |merged, value| *merged &= value);
        assert_eq!(map.get(&workspace(1)), Some(&2));
        assert_eq!(map.get(&workspace(2)), Some(&5));
    }

    #[test]
    fn a_name_with_the_fingerprint_of_another_opens_nothing() {
        let [one, other] = ["8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ"]
            .map(|name| WorkspaceName::parse(name).unwrap());
        assert_eq!(one.fingerprint(), other.fingerprint());
        let map = ByWorkspace::new([(one.clone(), 1)], |_, _| ());
        assert_eq!((map.get(&one), map.get(&other)), (Some(&1), None));
        let both = [(one.clone(), 1), (other.clone(), 2)];
        let map = ByWorkspace::new(both, |_, _| unreachable!());
        assert_eq!((map.get(&one), map.get(&other)), (Some(&1), None));
    }
}
