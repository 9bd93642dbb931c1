//! A set of permissions as a bit set of fixed size.

use super::{MAX_PERMISSIONS, Permission};

const WORDS: usize = MAX_PERMISSIONS / 64;

/// A set of permissions; membership is one bit test and nothing allocates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PermissionSet([u64; WORDS]);

impl PermissionSet {
    /// The set with nothing in it.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// The first `count` permissions of a catalogue.
    pub(crate) fn first(count: usize) -> Self {
        let mut set = Self::EMPTY;
        for id in (0u16..).take(count.min(MAX_PERMISSIONS)) {
            set.insert(Permission(id));
        }
        set
    }

    /// Adds one permission.
    pub fn insert(&mut self, permission: Permission) {
        if let Some(word) = self.0.get_mut(permission.index() / 64) {
            *word |= 1 << (permission.index() % 64);
        }
    }

    /// Whether the permission is in the set.
    #[inline]
    pub fn contains(&self, permission: Permission) -> bool {
        self.0
            .get(permission.index() / 64)
            .is_some_and(|word| word & (1 << (permission.index() % 64)) != 0)
    }

    /// How many permissions are in the set.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Everything that is in this set, the other, or both.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
        self
    }

    /// Everything that is in both sets.
    #[must_use]
    pub fn intersection(mut self, other: &Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine &= theirs;
        }
        self
    }

    /// Whether everything of this set is in the other one too.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(other.0)
            .all(|(mine, theirs)| mine & !theirs == 0)
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let mut set = Self::EMPTY;
        for permission in permissions {
            set.insert(permission);
        }
        set
    }
}
