//! The keys of one installation: the current one and those it replaced.

use super::{KeyId, MasterKey, Purpose, SubKey};

/// The current master key and older ones that some rows are still sealed under.
///
/// New envelopes and MACs are made with the current key; old ones are read with the key they name.
/// `rotate-key` re-seals row by row while both keys are present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRing {
    current: MasterKey,
    older: Vec<MasterKey>,
}

impl KeyRing {
    /// A ring with one key.
    pub fn new(current: MasterKey) -> Self {
        Self {
            current,
            older: Vec::new(),
        }
    }

    /// Adds keys that were current once, newest first.
    #[must_use]
    pub fn with_older(mut self, older: impl IntoIterator<Item = MasterKey>) -> Self {
        self.older.extend(older);
        self
    }

    /// Makes a ring of keys that were read together, the first of them current; nothing from no keys.
    pub fn from_keys(keys: impl IntoIterator<Item = MasterKey>) -> Option<Self> {
        let mut keys = keys.into_iter();
        let current = keys.next()?;
        Some(Self::new(current).with_older(keys))
    }

    /// The same keys with the first that `is_wanted` in front; nothing when none is.
    #[must_use]
    pub fn with_current(&self, is_wanted: impl Fn(&MasterKey) -> bool) -> Option<Self> {
        let current = self.keys().find(|key| is_wanted(key))?;
        let others = self.keys().filter(|key| *key != current);
        Some(Self::new(current.clone()).with_older(others.cloned()))
    }

    /// These keys, and behind them those of `other` that are not among them.
    #[must_use]
    pub fn joined(self, other: &Self) -> Self {
        let missing: Vec<MasterKey> = other
            .keys()
            .filter(|key| self.get(key.key_id()).is_none())
            .cloned()
            .collect();
        self.with_older(missing)
    }

    /// The key that new secrets are sealed under.
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The key with this id.
    pub fn get(&self, id: KeyId) -> Option<&MasterKey> {
        self.keys().find(|key| key.key_id() == id)
    }

    /// The current key's subkey.
    pub fn subkey(&self, purpose: Purpose) -> SubKey {
        self.current.subkey(purpose)
    }

    /// The subkeys of all keys, the current one first: for values that live no longer than a key change, such as
    /// form tokens.
    pub fn subkeys(&self, purpose: Purpose) -> impl Iterator<Item = SubKey> {
        self.keys().map(move |key| key.subkey(purpose))
    }

    /// All keys, the current one first.
    pub fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.older)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> MasterKey {
        MasterKey::from_bytes([byte; 32])
    }

    fn order(ring: &KeyRing) -> Vec<MasterKey> {
        ring.keys().cloned().collect()
    }

    #[test]
    fn the_wanted_key_comes_to_the_front_and_none_is_lost() {
        let ring = KeyRing::from_keys([key(1), key(2), key(3)]).unwrap();
        let turned = ring.with_current(|found| *found == key(3)).unwrap();
        assert_eq!(order(&turned), [key(3), key(1), key(2)]);
        assert!(ring.with_current(|found| *found == key(4)).is_none());
        assert!(KeyRing::from_keys([]).is_none());
    }

    #[test]
    fn joining_adds_only_what_is_missing() {
        let fresh = KeyRing::from_keys([key(2), key(1)]).unwrap();
        let kept = KeyRing::from_keys([key(1), key(9)]).unwrap();
        assert_eq!(order(&fresh.joined(&kept)), [key(2), key(1), key(9)]);
    }
}
