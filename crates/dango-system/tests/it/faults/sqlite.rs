//! The database file gone, damaged, or locked by somebody else.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use dango_testkit::http::Client as _;
use dango_testkit::programs::Program;
use dango_testkit::skip;
use serde_json::json;

use super::{everything_is_unavailable, recovers, unavailable};
use crate::installation::Installation;
use crate::people::{make, verify};

/// The database with its log and its index.
const FILES: [&str; 3] = ["auth.db", "auth.db-wal", "auth.db-shm"];

/// Moves the database's files; those that are not there are left out.
fn move_files(place: &Installation, from: &str, to: &str) {
    for name in FILES {
        let (from, to) = (
            place.file(&format!("{from}{name}")),
            place.file(&format!("{to}{name}")),
        );
        if from.exists() {
            fs::rename(from, to).unwrap();
        }
    }
}

#[test]
fn a_file_that_has_gone_closes_the_doors_until_it_is_back() {
    let place = Installation::on_sqlite().ready();
    let server = place.server(0);
    let admin = server.admin();
    move_files(&place, "", "away-");
    everything_is_unavailable(&admin);
    assert!(!place.file("auth.db").exists(), "a new one was made");
    move_files(&place, "away-", "");
    recovers(|| verify(&admin, "users.manage"), 204);
}

#[test]
fn a_damaged_file_closes_the_doors_until_it_is_replaced() {
    let place = Installation::on_sqlite().ready();
    let server = place.server(0);
    let admin = server.admin();
    move_files(&place, "", "away-");
    fs::write(place.file("auth.db"), "no database at all. ".repeat(500)).unwrap();
    everything_is_unavailable(&admin);
    fs::remove_file(place.file("auth.db")).unwrap();
    move_files(&place, "away-", "");
    recovers(|| verify(&admin, "users.manage"), 204);
}

#[test]
fn a_file_that_was_emptied_closes_the_doors() {
    let place = Installation::on_sqlite().ready();
    let server = place.server(0);
    let admin = server.admin();
    assert_eq!(admin.get("/readyz").status, 200);
    fs::File::create(place.file("auth.db")).unwrap();
    everything_is_unavailable(&admin);
    assert_eq!(fs::metadata(place.file("auth.db")).unwrap().len(), 0);
}

#[test]
fn a_file_that_another_one_was_copied_over_is_not_ready() {
    let place = Installation::on_sqlite().ready();
    let server = place.server(0);
    assert_eq!(server.anonymous().get("/readyz").status, 200);
    // In place, so that the server's connections stay open; nothing of it is left in the log.
    place.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    fs::write(place.file("auth.db"), "another file. ".repeat(10_000)).unwrap();
    assert_eq!(server.anonymous().get("/readyz").status, 503);
}

#[test]
fn a_lock_that_somebody_holds_refuses_changes_until_it_is_let_go() {
    let Some(sqlite) = skip::unless_installed(Program::Sqlite3) else {
        return;
    };
    let place = Installation::on_sqlite().ready();
    let server = place.server(0);
    let admin = server.admin();
    let id = make(&admin, "ann", "viewer");
    let path = format!("/api/admin/users/{id}/role");
    let mut command = Command::new(sqlite);
    command.arg("-batch").arg(place.file("auth.db"));
    let mut other = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = other.stdin.take().unwrap();
    let said = BufReader::new(other.stdout.take().unwrap());
    writeln!(input, "begin exclusive; select 'locked';").unwrap();
    assert_eq!(said.lines().next().unwrap().unwrap(), "locked");
    unavailable(admin.put(&path, &json!({"role": "editor"})));
    let _ = verify(&admin, "users.manage").expect(204);
    let refused = place.run(&["auth", "change-role", "ann", "editor", "--yes"]);
    assert_eq!(refused.code, 8, "{refused:?}");
    drop(input);
    assert!(other.wait().unwrap().success());
    recovers(|| admin.put(&path, &json!({"role": "editor"})), 200);
    assert_eq!(place.events("role_changed").len(), 1);
}
