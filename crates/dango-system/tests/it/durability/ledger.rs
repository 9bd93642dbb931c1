//! What was acknowledged, beside what is there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::installation::Installation;

/// Changes that were acknowledged in one round.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Names of people that were made.
    pub(super) made: BTreeSet<String>,
    /// Names of those whose role became `editor`.
    pub(super) moved: BTreeSet<String>,
    /// Answers that nobody should get.
    pub(super) odd: Vec<String>,
}

impl Ledger {
    /// Adds another's entries.
    pub(super) fn add(&mut self, other: Self) {
        self.made.extend(other.made);
        self.moved.extend(other.moved);
        self.odd.extend(other.odd);
    }

    /// Everything acknowledged.
    pub(super) fn len(&self) -> usize {
        self.made.len() + self.moved.len()
    }

    /// What is wrong with the database, as far as names that start with `prefix` go.
    pub(super) fn faults(&self, place: &Installation, prefix: &str) -> Vec<String> {
        let mut faults = self.odd.clone();
        let users = users(place, prefix);
        let events = newest(place);
        let (made, moved) = (
            named(&events, "user_created", prefix),
            named(&events, "role_changed", prefix),
        );
        let mut check = |right: bool, what: String| {
            if !right {
                faults.push(what);
            }
        };
        for name in &self.made {
            check(users.contains_key(name), format!("{name} is lost"));
        }
        for name in &self.moved {
            let role = users.get(name).map(String::as_str);
            check(role == Some("editor"), format!("{name}'s role is lost"));
        }
        for (name, role) in &users {
            let events = (made.get(name).copied(), moved.get(name).copied());
            let expected = (Some(1), (role == "editor").then_some(1));
            check(events == expected, format!("{name}, {role}: {events:?}"));
        }
        for name in made.keys().chain(moved.keys()) {
            check(
                users.contains_key(name),
                format!("{name} is an event alone"),
            );
        }
        faults
    }
}

/// What the audit chain's own check finds.
pub(super) fn chain_fault(place: &Installation) -> Option<String> {
    let verified = place.run(&["auth", "audit", "--verify"]);
    (verified.code != 0).then(|| format!("{verified:?}"))
}

/// Names and roles.
fn users(place: &Installation, prefix: &str) -> BTreeMap<String, String> {
    let listed = place.json(&["auth", "list-users", "--search", prefix]);
    let text = |user: &Value, member: &str| user[member].as_str().unwrap().to_owned();
    let users = listed.as_array().unwrap().iter();
    let users = users.map(|user| (text(user, "username"), text(user, "role")));
    users.filter(|(name, _)| name.starts_with(prefix)).collect()
}

/// The newest thousand events: more than a round makes.
fn newest(place: &Installation) -> Vec<Value> {
    let lines = place.ok(&["auth", "audit", "--json", "--limit", "1000"]);
    let event = |line| serde_json::from_str(line).unwrap();
    lines.lines().map(event).collect()
}

/// How many events of a type each name has.
fn named(events: &[Value], event: &str, prefix: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let events = events.iter().filter(|stored| stored["event"] == event);
    for event in events {
        let name = event["target"]["name"].as_str().unwrap_or_default();
        if name.starts_with(prefix) {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    }
    counts
}
