//! The catalogues are complete and fit each other.

use std::collections::BTreeSet;

use dango_auth::core::Catalog;
use dango_auth::core::audit::EventName;
use dango_auth::settings;

use super::{DE, EN, Table, Text};

/// A catalogue as pairs of a phrase's name and its words, read from what `Debug` writes.
fn phrases(text: &Text) -> Vec<(String, String)> {
    let written = format!("{text:#?}");
    let pairs = written.lines().filter_map(|line| {
        let (name, words) = line.trim().split_once(": \"")?;
        Some((name.to_owned(), words.strip_suffix("\",")?.to_owned()))
    });
    pairs.collect()
}

/// The places of a phrase that take values, and whether it has a singular.
fn slots(words: &str) -> (BTreeSet<&str>, bool) {
    let slots = words
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'));
    let slots = slots.map(|(slot, _)| slot).collect();
    (slots, words.contains('|'))
}

fn keys(table: Table) -> BTreeSet<&'static str> {
    let keys: BTreeSet<&str> = table.iter().map(|(key, _)| *key).collect();
    assert_eq!(keys.len(), table.len(), "a key stands twice: {table:?}");
    keys
}

#[test]
fn every_phrase_has_words_in_both_languages_and_takes_the_same_values() {
    let (english, german) = (phrases(&EN), phrases(&DE));
    assert!(english.len() > 300, "{} phrases are read", english.len());
    assert_eq!(english.len(), german.len());
    for ((name, en), (other, de)) in english.iter().zip(&german) {
        assert_eq!(name, other);
        assert!(
            !en.trim().is_empty() && !de.trim().is_empty(),
            "{name} is empty"
        );
        assert_eq!(slots(en), slots(de), "{name}: {en:?} and {de:?}");
    }
}

#[test]
fn tables_name_what_there_is_and_nothing_else() {
    let settings = settings::keys().iter().filter(|key| !key.is_secret());
    let settings: BTreeSet<&str> = settings.map(settings::Key::name).collect();
    let events: BTreeSet<&str> = EventName::BUILT_IN.iter().copied().collect();
    for text in [&EN, &DE] {
        assert_eq!(keys(text.setting_names), settings, "{}", text.lang);
        assert_eq!(keys(text.events), events, "{}", text.lang);
        assert_eq!(keys(text.roles_for).len(), 6, "{}", text.lang);
    }
    assert_eq!(keys(EN.fields), keys(DE.fields));
    // Where English takes the words of the use cases, German has its own.
    assert!(keys(DE.problems).is_superset(&keys(EN.problems)));
}

#[test]
fn german_has_its_own_words_for_what_the_catalogue_says_in_english() {
    let catalog = Catalog::builtin();
    let domains = catalog.domains().iter().map(dango_auth::core::Domain::name);
    assert_eq!(keys(DE.domains), domains.collect());
    let permissions = catalog
        .permissions()
        .iter()
        .map(dango_auth::core::PermissionInfo::name);
    assert_eq!(keys(DE.permissions), permissions.collect());
    let units = settings::keys().iter().map(settings::Key::unit);
    let units: BTreeSet<&str> = units.filter(|unit| !unit.is_empty()).collect();
    assert_eq!(keys(DE.units), units);
    assert_eq!(keys(DE.issues).len(), 5);
}
