//! Refusals to start: a clear message, an exit code, and nothing made or changed.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use dango_testkit::process::Running;

use crate::installation::{Installation, Run, on_both_databases};

on_both_databases![
    a_configuration_with_a_fault_is_named_with_its_line,
    another_key_is_refused,
    no_key_is_refused,
    a_newer_database_is_refused,
];

/// Every file below a folder with its size and time of change.
fn files(folder: &Path) -> BTreeMap<String, (u64, SystemTime)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut found = BTreeMap::new();
    for entry in entries {
        let about = entry.metadata().unwrap();
        if about.is_dir() {
            found.extend(files(&entry.path()));
        } else {
            let change = (about.len(), about.modified().unwrap());
            found.insert(entry.path().display().to_string(), change);
        }
    }
    found
}

/// Expects the server not to start, to say each part, and to leave every file as it was.
#[track_caller]
fn refuses(place: &Installation, code: i32, parts: &[&str]) {
    let before = files(&place.home(0));
    let mut process = Running::start(&mut place.server_command(0));
    let status = process.wait();
    process.wait_for_line("ERROR");
    let said = process.output();
    assert_eq!(status.code(), Some(code), "{said}");
    for part in parts {
        assert!(said.contains(part), "no `{part}` in {said}");
    }
    assert_eq!(files(&place.home(0)), before, "{said}");
}

fn a_configuration_with_a_fault_is_named_with_its_line(place: Installation) {
    let place = place.ready();
    let text = "auth:\n  lockout:\n    max_atempts: 3\n";
    std::fs::write(place.file("project.yml"), text).unwrap();
    refuses(&place, 6, &["max_atempts", "3", "max_attempts"]);
}

fn another_key_is_refused(place: Installation) {
    let place = place
        .ready()
        .with("DANGO_SECRET_KEY", &"00112233".repeat(8));
    refuses(&place, 8, &["key"]);
}

fn no_key_is_refused(place: Installation) {
    let place = place.ready().with("DANGO_SECRET_KEY", "");
    let _ = std::fs::remove_file(place.file("secret.key"));
    refuses(&place, 8, &["key"]);
    assert!(!place.file("secret.key").exists());
}

fn a_newer_database_is_refused(place: Installation) {
    let place = place.ready();
    let sql = "insert into __diesel_schema_migrations (version) values ('99991231000000')";
    place.sql(sql);
    refuses(&place, 8, &["newer"]);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let place = Installation::on_sqlite().ready();
    for rubbish in [
        "not a database, but longer than a header of one hundred bytes".repeat(99),
        String::new(),
    ] {
        std::fs::write(place.file("auth.db"), rubbish).unwrap();
        refuses(&place, 8, &["auth.db"]);
    }
}

#[test]
fn a_database_that_has_gone_is_refused_and_not_made_again() {
    let place = Installation::on_sqlite().ready();
    std::fs::remove_file(place.file("auth.db")).unwrap();
    for rest in ["auth.db-wal", "auth.db-shm"] {
        let _ = std::fs::remove_file(place.file(rest));
    }
    refuses(&place, 8, &["auth.db"]);
}

#[test]
fn a_postgres_that_is_not_there_is_refused() {
    let place = Installation::on_url("postgresql://nobody@/nothing?host=/nonexistent");
    std::fs::create_dir_all(place.home(0).join(".dango")).unwrap();
    let run = Run::of(&mut place.server_command(0));
    assert_eq!(run.code, 8, "{run:?}");
    assert!(!place.file("auth.db").exists() && !place.file("secret.key").exists());
}
