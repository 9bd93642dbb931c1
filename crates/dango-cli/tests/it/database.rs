//! The database as a whole: schema, backup, restore, copy.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::place::{ADMIN, Place};

#[test]
fn an_up_to_date_schema_stays_as_it_is() {
    let place = Place::ready();
    let done = place.json(&["db", "migrate"]);
    assert_eq!(done["applied"], json!([]));
    assert!(
        done["schema"]
            .as_str()
            .is_some_and(|version| version >= "0006")
    );
    Place::empty().fails(8, &["db", "migrate"]);
}

#[test]
fn a_backup_is_private_and_never_overwrites() {
    let place = Place::ready();
    place.ok(&["db", "backup", "copy.db"]);
    let mode = fs::metadata(place.path().join("copy.db"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let bytes = fs::read(place.path().join("copy.db")).unwrap();
    let fault = place.fails_json(5, &["db", "backup", "copy.db"]);
    assert_eq!(fault["code"], "file_exists");
    assert_eq!(fs::read(place.path().join("copy.db")).unwrap(), bytes);
}

#[test]
fn a_backup_comes_back_and_the_database_before_is_kept() {
    let place = Place::ready();
    place.ok(&["db", "backup", "copy.db"]);
    place.ok(&["auth", "add-user", "late@example.org", "--password"]);
    let auth = place.auth();
    auth.ready().unwrap();
    let fault = place.fails_json(5, &["db", "restore", "copy.db"]);
    assert_eq!(fault["code"], "store_in_use");
    assert_ne!(place.user("late@example.org"), Value::Null);
    drop(auth);
    let done = place.json(&["db", "restore", "copy.db"]);
    assert!(
        fs::metadata(done["kept"].as_str().unwrap())
            .unwrap()
            .is_file()
    );
    assert_eq!(place.user("late@example.org"), Value::Null);
    assert_eq!(place.user(ADMIN)["status"], "active");
    assert_eq!(place.json(&["auth", "audit", "--verify"])["intact"], true);
}

#[test]
fn what_is_no_copy_of_this_database_is_not_put_back() {
    let place = Place::ready();
    place.fails(3, &["db", "restore", "nowhere.db"]);
    fs::write(place.path().join("text.db"), "just text").unwrap();
    place.fails(6, &["db", "restore", "text.db"]);
    let other = Place::bare();
    let mut init = other.dango(&["init", "--skip-wizard"]);
    init.assert().success();
    other.ok(&["db", "backup", "copy.db"]);
    let foreign = other.path().join("copy.db").display().to_string();
    let err = place.fails(8, &["db", "restore", &foreign]);
    assert!(err.contains("key"), "{err}");
    assert_eq!(place.user(ADMIN)["status"], "active");
}

#[test]
fn everything_goes_to_another_database_and_works_there() {
    let place = Place::with_users(&[("ann@example.org", "editor")]);
    let target = format!("sqlite://{}", place.path().join("moved.db").display());
    let moved = place.json(&["db", "copy", "--to", &target]);
    let tables = moved["tables"].as_array().unwrap();
    let users = tables
        .iter()
        .find(|table| table["table"] == "users")
        .unwrap();
    assert_eq!(users["rows"], 2);
    assert_eq!(users["sha256"].as_str().unwrap().len(), 64);
    let there = place.json(&["auth", "list-users", "--database-url", &target]);
    assert_eq!(there, place.json(&["auth", "list-users"]));
    let chain = place.json(&["auth", "audit", "--verify", "--database-url", &target]);
    assert_eq!(chain["intact"], true);
    let fault = place.fails_json(5, &["db", "copy", "--to", &target]);
    assert_eq!(fault["code"], "target_not_empty");
    place.fails(6, &["db", "copy", "--to", "mysql://x/y"]);
    place.fails(8, &["db", "copy", "--to", "postgres://127.0.0.1:1/none"]);
}
