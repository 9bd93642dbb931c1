//! Keeping the audit log: anchors outside of the database, taking old events out, erasing people.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::place::{ADMIN, Place};

fn add(place: &Place, names: &[&str]) {
    for name in names {
        place.ok(&["auth", "add-user", name, "--password"]);
    }
}

/// Takes the place of the database, as somebody does who can write files.
fn put_back(place: &Place, copy: &str) {
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(place.dot_dango().join(format!("auth.db{end}")));
    }
    fs::copy(place.path().join(copy), place.dot_dango().join("auth.db")).unwrap();
}

#[test]
fn an_older_database_put_in_place_shows_against_the_anchors() {
    let place = Place::ready();
    place.ok(&["db", "backup", "copy.db"]);
    let head = place.json(&["auth", "audit", "--verify"])["rows"]
        .as_u64()
        .unwrap();
    add(&place, &["late@example.org"]);
    let anchors = place.dot_dango().join("audit.anchors");
    assert_eq!(
        fs::metadata(&anchors).unwrap().permissions().mode() & 0o777,
        0o600
    );
    put_back(&place, "copy.db");
    let run = place.run(&["auth", "audit", "--verify"]);
    let named = format!("event {} is rolled_back", head + 1);
    assert!(run.code == 5 && run.err.contains(&named), "{run:?}");
    // Going on from there hides nothing.
    add(&place, &["x1@example.org", "x2@example.org"]);
    let run = place.run(&["auth", "audit", "--verify"]);
    assert!(run.code == 5 && run.err.contains("is rewritten"), "{run:?}");
}

#[test]
fn an_older_database_put_back_in_order_is_no_tampering() {
    let place = Place::ready();
    place.ok(&["db", "backup", "copy.db"]);
    add(&place, &["late@example.org"]);
    place.ok(&["db", "restore", "copy.db"]);
    add(&place, &["x1@example.org", "x2@example.org"]);
    assert_eq!(place.json(&["auth", "audit", "--verify"])["intact"], true);
}

#[test]
fn old_events_are_taken_out_and_the_log_still_verifies() {
    let place = Place::ready();
    add(&place, &["ann@example.org"]);
    let before = place.json(&["auth", "audit", "--verify"])["rows"]
        .as_u64()
        .unwrap();
    place.fails(2, &["auth", "audit", "prune", "--before", "2100-01-01"]);
    place.fails(6, &["auth", "audit", "prune", "--before", "soon", "--yes"]);
    let none = place.json(&["auth", "audit", "prune", "--before", "2001-01-01", "--yes"]);
    assert_eq!(none["events"], 0);
    let pruned = place.json(&["auth", "audit", "prune", "--before", "2100-01-01", "--yes"]);
    assert_eq!(pruned["events"], before);
    let verified = place.json(&["auth", "audit", "--verify"]);
    assert_eq!(
        (&verified["intact"], &verified["rows"]),
        (&true.into(), &1.into())
    );
    let left = place.ok(&["auth", "audit", "--json"]);
    assert!(left.contains("audit_pruned"), "{left}");
}

#[test]
fn a_deleted_person_is_erased_from_the_log() {
    let place = Place::ready();
    add(&place, &["ann@example.org"]);
    let early = place.fails_json(6, &["auth", "audit", "erase", "ann@example.org", "--yes"]);
    assert!(early.to_string().contains("delete it first"), "{early}");
    place.ok(&["auth", "delete-user", "ann@example.org", "--yes"]);
    assert!(place.ok(&["auth", "audit", "--json"]).contains("ann@"));
    let erased = place.json(&["auth", "audit", "erase", "ann@example.org", "--yes"]);
    assert_eq!(
        (&erased["events"], &erased["too_old"]),
        (&2.into(), &0.into())
    );
    let left = place.ok(&["auth", "audit", "--json"]);
    assert!(!left.contains("ann@"), "{left}");
    assert!(
        left.contains("(erased)") && left.contains("audit_erased"),
        "{left}"
    );
    assert_eq!(place.json(&["auth", "audit", "--verify"])["intact"], true);
    assert_eq!(place.user(ADMIN)["status"], "active");
}
