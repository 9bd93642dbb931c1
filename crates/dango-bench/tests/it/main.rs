//! Every benchmark builds its data and comes through one round; nothing here looks at a clock.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::process::Command;

use dango_testbase::programs::Program;
use dango_testbase::skip;
use dango_testkit::binaries;
use serde_json::Value;
use tempfile::TempDir;

/// Runs a benchmark once in a folder of its own; answers what it wrote.
fn once(name: &str) -> Value {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dango-bench"));
    command.args([name, "--once"]).current_dir(folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{name}: {output:?}");
    let path = folder.path().join(format!("target/bench/{name}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn every_row_has_a_figure(name: &str, rows: usize) -> Value {
    let document = once(name);
    let found = document["rows"].as_array().unwrap();
    assert_eq!(found.len(), rows, "{document:#}");
    for row in found {
        assert!(row["ours"]["median"].as_f64().unwrap() >= 0.0, "{row:#}");
        assert_eq!(row["budget"].is_null(), row["met"].is_null(), "{row:#}");
    }
    document
}

fn nobody_was_answered_by_what_was_before(document: &Value) {
    let rows = document["rows"].as_array().unwrap().iter();
    let stale = |row: &&Value| row["case"].as_str().unwrap().ends_with(": stale");
    let counts: Vec<_> = rows
        .filter(stale)
        .map(|row| &row["ours"]["median"])
        .collect();
    assert_eq!(counts.len(), 2);
    assert!(counts.iter().all(|count| **count == 0.0), "{counts:?}");
}

#[test]
fn decisions_are_measured() {
    let _ = every_row_has_a_figure("decision", 6);
}

#[test]
fn writes_are_measured() {
    // Five for each of the databases that are there.
    let rows = if has_postgres() { 10 } else { 5 };
    let _ = every_row_has_a_figure("writes", rows);
}

#[test]
fn reads_are_measured_at_a_larger_size() {
    let _ = every_row_has_a_figure("scale", 22);
    let _ = every_row_has_a_figure("scale-postgres", if has_postgres() { 22 } else { 0 });
}

#[test]
fn pages_are_measured() {
    let _ = binaries::dango_server();
    let _ = every_row_has_a_figure("pages", if has_postgres() { 14 } else { 7 });
}

fn has_postgres() -> bool {
    skip::unless_installed(Program::Initdb).is_some()
}

#[test]
fn requests_are_measured() {
    nobody_was_answered_by_what_was_before(&every_row_has_a_figure("request", 30));
}

#[test]
fn requests_are_measured_with_the_database_on_a_server() {
    if skip::unless_installed(Program::Initdb).is_some() {
        let document = every_row_has_a_figure("request-postgres", 30);
        nobody_was_answered_by_what_was_before(&document);
    }
}

#[test]
fn no_more_are_remembered_than_there_is_room_for() {
    let document = every_row_has_a_figure("memory", 2);
    assert_eq!(document["rows"][1]["met"], true, "{document:#}");
}

#[test]
fn layers_are_measured() {
    let _ = every_row_has_a_figure("layers", 11);
}

#[test]
fn sign_ins_are_measured() {
    let _ = binaries::dango_server();
    let _ = every_row_has_a_figure("sign-in", 7);
}

#[test]
fn programs_are_measured() {
    let _ = (binaries::dango(), binaries::dango_server());
    let _ = every_row_has_a_figure("start", 23);
    let _ = every_row_has_a_figure("footprint", 5);
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dango-bench"));
    let output = command.arg("decisions").output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("there are decision, writes, scale"), "{said}");
}
