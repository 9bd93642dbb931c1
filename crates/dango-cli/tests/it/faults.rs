//! What is missing, locked, damaged or too new: a clear word, the right exit code, and nothing changed.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::PermissionsExt as _;

use rustix::fs::{FlockOperation, fcntl_lock};

use crate::place::Place;

/// Commands of every kind: reading, writing, hashing.
const COMMANDS: [&[&str]; 4] = [
    &["auth", "list-users"],
    &["auth", "status"],
    &["auth", "change-role", "admin@localhost", "admin"],
    &["auth", "add-user", "ann@example.org", "--password"],
];

fn every_command_says(place: &Place, parts: &[&str]) {
    for words in COMMANDS {
        let err = place.fails(8, words);
        for part in parts {
            assert!(err.contains(part), "{words:?}: {part}: {err}");
        }
        let fault = place.fails_json(8, words);
        assert_eq!(fault["code"], "unavailable", "{fault}");
    }
}

#[test]
fn without_a_project_everything_says_how_to_make_one() {
    let place = Place::empty();
    every_command_says(&place, &["dango init"]);
    assert!(fs::read_dir(place.path()).unwrap().next().is_none());
    place.fails(8, &["auth", "list-users", "--project", "nowhere"]);
}

#[test]
fn without_a_database_everything_says_how_to_make_one() {
    let place = Place::ready();
    fs::remove_file(place.file("auth.db")).unwrap();
    every_command_says(&place, &["auth.db", "dango init"]);
    assert!(!place.file("auth.db").exists());
}

#[test]
fn without_its_key_the_database_stays_closed_and_no_key_is_made() {
    let place = Place::ready();
    fs::remove_file(place.file("secret.key")).unwrap();
    every_command_says(&place, &["secret.key"]);
    place.fails(8, &["init", "--skip-wizard"]);
    assert!(!place.file("secret.key").exists());
}

#[test]
fn a_key_that_is_none_or_open_to_others_is_refused() {
    let place = Place::ready();
    let key = place.file("secret.key");
    let good = fs::read(&key).unwrap();
    fs::write(&key, "nonsense\n").unwrap();
    every_command_says(&place, &["secret.key"]);
    fs::write(&key, good).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    every_command_says(&place, &["secret.key", "chmod 600"]);
}

#[test]
fn the_key_of_another_project_is_refused() {
    let (place, other) = (Place::ready(), Place::bare());
    other.ok(&["init", "--skip-wizard"]);
    fs::copy(other.file("secret.key"), place.file("secret.key")).unwrap();
    every_command_says(&place, &["key"]);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_kept() {
    let place = Place::ready();
    let garbage = "this is not a database, however long one looks at it".repeat(100);
    fs::write(place.file("auth.db"), &garbage).unwrap();
    every_command_says(&place, &["auth.db"]);
    place.fails(8, &["init", "--skip-wizard"]);
    assert_eq!(fs::read_to_string(place.file("auth.db")).unwrap(), garbage);
}

#[test]
fn a_database_from_a_newer_program_is_refused() {
    let place = Place::ready();
    let migrations = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../dango-auth-store/migrations/sqlite"
    );
    let names = fs::read_dir(migrations)
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap());
    let last = names
        .max()
        .unwrap()
        .split('_')
        .next()
        .unwrap()
        .replace('-', "");
    let future = format!("9{}", &last[1..]);
    let database = place.file("auth.db");
    let mut bytes = fs::read(&database).unwrap();
    let mut found = 0;
    for at in 0..bytes.len() - last.len() {
        if bytes[at..].starts_with(last.as_bytes()) {
            bytes[at..at + last.len()].copy_from_slice(future.as_bytes());
            found += 1;
        }
    }
    assert!(found > 0, "{last} is not in the database");
    fs::write(&database, bytes).unwrap();
    every_command_says(&place, &["newer", "update"]);
}

#[test]
fn a_database_that_somebody_holds_is_unavailable_and_nothing_hangs() {
    let place = Place::ready();
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(place.file("auth.db"))
        .unwrap();
    fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
    let mut list = place.dango(&["auth", "list-users"]);
    list.timeout(std::time::Duration::from_secs(60))
        .assert()
        .code(8);
    drop(file);
    place.ok(&["auth", "list-users"]);
}

#[test]
fn a_folder_that_others_may_write_to_is_refused() {
    let place = Place::ready();
    fs::set_permissions(place.dot_dango(), fs::Permissions::from_mode(0o777)).unwrap();
    every_command_says(&place, &[".dango", "chmod"]);
}

#[test]
fn a_database_url_that_is_none_is_refused() {
    let place = Place::ready();
    for url in ["nonsense", "mysql://localhost/x"] {
        let run = place.run(&["auth", "list-users", "--database-url", url]);
        assert!(matches!(run.code, 6 | 8), "{run:?}");
        assert!(run.err.contains("--database-url"), "{}", run.err);
    }
}
