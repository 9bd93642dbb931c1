//! The keys of one installation: the current one and those it replaced.

use super::{KeyId, MasterKey, Purpose, SubKey};

/// The current master key and older ones that some rows are still sealed under.
///
/// New envelopes and MACs are made with the current key; old ones are read with the key they name.
/// `rotate-key` re-seals row by row while both keys are present.
#[derive(Debug, Clone)]
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

    /// The subkeys of all keys, the current one first: for values that can only be recomputed when their owner
    /// shows up again, such as the MACs of recovery codes.
    pub fn subkeys(&self, purpose: Purpose) -> impl Iterator<Item = SubKey> {
        self.keys().map(move |key| key.subkey(purpose))
    }

    fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.older)
    }
}
