//! A small map from workspaces to values that is searched in a few nanoseconds.

use crate::name::{WorkspaceKey, WorkspaceName};

/// Values by workspace.
///
/// A table of numbers, at most a quarter full, says where a name stands in the list: the first place looked at is
/// nearly always the right one, and a number is compared at once where text is compared letter by letter.
#[derive(Debug, Clone)]
pub(super) struct ByWorkspace<T> {
    places: Box<[Place]>,
    /// The number of places, a power of two, less one.
    mask: usize,
    listed: Vec<(WorkspaceName, T)>,
}

/// A place in the table; one with the number of no name is free.
#[derive(Debug, Clone, Copy)]
struct Place {
    key: WorkspaceKey,
    at: usize,
}

impl Place {
    /// Whether the search for a number is over here.
    #[inline]
    fn holds_or_ends(&self, key: WorkspaceKey) -> bool {
        self.key == key || self.key == WorkspaceKey::NONE
    }
}

const FREE: Place = Place {
    key: WorkspaceKey::NONE,
    at: usize::MAX,
};

impl<T> ByWorkspace<T> {
    /// Makes the map; `merge` settles what a workspace gets that comes more than once.
    ///
    /// SECURITY: of two workspaces with one number, which do not happen by accident, only the first is kept; the
    /// other stays closed.
    pub(super) fn new(
        entries: impl IntoIterator<Item = (WorkspaceName, T)>,
        mut merge: impl FnMut(&mut T, &T),
    ) -> Self {
        let entries: Vec<_> = entries.into_iter().collect();
        let size = (entries.len() * 4).next_power_of_two();
        let mut map = Self {
            places: vec![FREE; size].into(),
            mask: size - 1,
            listed: Vec::with_capacity(entries.len()),
        };
        for (name, value) in entries {
            let (key, at) = (name.key(), map.listed.len());
            let Some(place) = map.find(key).and_then(|found| map.places.get_mut(found)) else {
                continue;
            };
            if place.key == key {
                if let Some((listed, merged)) = map.listed.get_mut(place.at)
                    && *listed == name
                {
                    merge(merged, &value);
                }
            } else {
                *place = Place { key, at };
                map.listed.push((name, value));
            }
        }
        map
    }

    /// The value of a workspace.
    #[inline]
    pub(super) fn get(&self, name: &WorkspaceName) -> Option<&T> {
        let key = name.key();
        let mut place = self.places.get(key.place() & self.mask)?;
        if !place.holds_or_ends(key) {
            place = self.places.get(self.find(key)?)?;
        }
        // A free place stands for nothing in the list.
        let (listed, value) = self.listed.get(place.at)?;
        (key.is_exact() || listed == name).then_some(value)
    }

    /// The place of a number, or the free one where it would be.
    fn find(&self, key: WorkspaceKey) -> Option<usize> {
        (0..=self.mask)
            .map(|step| (key.place() + step) & self.mask)
            .find(|at| {
                let place = self.places.get(*at);
                place.is_none_or(|place| place.holds_or_ends(key))
            })
    }

    /// The workspaces with their values.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&WorkspaceName, &mut T)> {
        self.listed.iter_mut().map(|(name, value)| (&*name, value))
    }

    /// The workspaces that have a value.
    pub(super) fn names(&self) -> impl Iterator<Item = &WorkspaceName> {
        self.listed.iter().map(|(name, _)| name)
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
    fn what_comes_twice_is_merged() {
        let entries = [(workspace(1), 6), (workspace(2), 5), (workspace(1), 3)];
        let map = ByWorkspace::new(entries, |merged, value| *merged &= value);
        assert_eq!(map.get(&workspace(1)), Some(&2));
        assert_eq!(map.get(&workspace(2)), Some(&5));
    }

    #[test]
    fn a_name_with_the_number_of_another_opens_nothing() {
        let long = |end: &str| WorkspaceName::parse(&("w".repeat(30) + end)).unwrap();
        let one = long("1");
        let other = long("2").under_key_of(&one);
        let map = ByWorkspace::new([(one.clone(), 1)], |_, _| ());
        assert_eq!((map.get(&one), map.get(&other)), (Some(&1), None));
        let both = [(one.clone(), 1), (other.clone(), 2)];
        let map = ByWorkspace::new(both, |_, _| unreachable!());
        assert_eq!((map.get(&one), map.get(&other)), (Some(&1), None));
        assert_eq!(map.names().count(), 1);
    }

    #[test]
    fn names_that_belong_to_one_place_are_all_found() {
        // Three numbers that begin at the same place of a table of 16.
        let place = |name: &WorkspaceName| name.key().place() & 15;
        let first = workspace(0);
        let same = (1..)
            .map(workspace)
            .filter(|name| place(name) == place(&first));
        let mut names: Vec<_> = same.take(3).collect();
        names.insert(0, first);
        let absent = names.pop().unwrap();
        let entries = names.iter().cloned().zip(0..);
        let map = ByWorkspace::new(entries.chain([(workspace(1), 9)]), |_, _| ());
        for (number, name) in (0..).zip(&names) {
            assert_eq!(map.get(name), Some(&number));
        }
        assert_eq!(map.get(&absent), None);
    }
}
