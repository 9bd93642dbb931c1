//! A bounded memory that forgets what was not used for longest, roughly.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use crate::caller::Person;
use crate::sessions::{Known, Token};

/// Two generations: when the younger one is full it becomes the older one, and what the older one held
/// is forgotten unless it was used meanwhile.
#[derive(Debug)]
pub(super) struct Kept {
    most: usize,
    /// By digests of secrets that were handed out by us: nobody chooses where they fall.
    young: FxHashMap<Token, Known>,
    old: FxHashMap<Token, Known>,
}

impl Kept {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.max(2),
            young: FxHashMap::default(),
            old: FxHashMap::default(),
        }
    }

    /// The person, unless time has passed over what is known; a clock that was put back counts as that.
    pub(super) fn person(&mut self, token: &Token, now: DateTime<Utc>) -> Option<Arc<Person>> {
        if let Some(known) = self.young.get(token) {
            return current(known, now);
        }
        let known = self.old.remove(token)?;
        let person = current(&known, now)?;
        self.keep(*token, known);
        Some(person)
    }

    pub(super) fn keep(&mut self, token: Token, known: Known) {
        if self.young.len() >= self.most / 2 && !self.young.contains_key(&token) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&token);
        self.young.insert(token, known);
    }

    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

fn current(known: &Known, now: DateTime<Utc>) -> Option<Arc<Person>> {
    (known.from <= now && now < known.until).then(|| Arc::clone(&known.person))
}
