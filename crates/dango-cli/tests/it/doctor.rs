//! Finding what should be put right.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::place::{CHEAP, PASSWORD, Place};

fn level(place: &Place, code: i32, area: &str) -> Value {
    let run = place.run(&["doctor", "--json"]);
    assert_eq!(run.code, code, "{run:?}");
    let health: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(health["healthy"], code == 0);
    let findings = health["findings"].as_array().unwrap();
    let found = findings.iter().rev().find(|found| found["area"] == area);
    let found = found.unwrap_or_else(|| panic!("{area}: {health:#}"));
    let is_good = found["level"] == "good";
    assert_eq!(found["fix"].is_null(), is_good, "{found}");
    found["level"].clone()
}

#[test]
fn a_fresh_project_has_no_problem() {
    let place = Place::ready();
    for area in [
        "configuration",
        "files",
        "key",
        "clock",
        "store",
        "audit log",
        "first password",
    ] {
        assert_eq!(level(&place, 0, area), "good", "{area}");
    }
    assert_eq!(level(&place, 0, "second factor"), "warning");
    let table = place.ok(&["doctor"]);
    assert!(table.contains("require_2fa"), "{table}");
}

#[test]
fn each_problem_is_found_and_the_exit_code_says_so() {
    let place = Place::ready();
    place.ok(&["auth", "disable", "--yes"]);
    assert_eq!(level(&place, 1, "sign-in"), "problem");
    place.ok(&["auth", "enable"]);
    let settings = fs::Permissions::from_mode(0o666);
    fs::set_permissions(place.file("project.yml"), settings).unwrap();
    assert_eq!(level(&place, 1, "files"), "problem");
    fs::set_permissions(place.file("project.yml"), fs::Permissions::from_mode(0o600)).unwrap();
    place.configure(&format!(
        "{CHEAP}  initial_admin: {{password: {PASSWORD}}}\n"
    ));
    assert_eq!(level(&place, 1, "first password"), "problem");
    place.configure(&format!("{CHEAP}  public_url: https://dango.example.org\n"));
    assert_eq!(level(&place, 0, "proxies"), "warning");
}

#[test]
fn a_changed_log_is_found_and_a_project_that_cannot_be_opened_says_why() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    let database = place.file("auth.db");
    let mut bytes = fs::read(&database).unwrap();
    let name = b"user_created";
    for at in 0..bytes.len() - name.len() {
        if bytes[at..].starts_with(name) {
            bytes[at..at + name.len()].copy_from_slice(b"user_deleted");
        }
    }
    fs::write(&database, bytes).unwrap();
    assert_eq!(level(&place, 1, "audit log"), "problem");
    fs::write(place.file("secret.key"), "garbled").unwrap();
    place.fails(8, &["doctor"]);
}

#[test]
fn a_key_change_that_was_not_cleaned_up_is_found_with_its_fix() {
    let place = Place::ready();
    let rotated = place.json(&["auth", "rotate-key"]);
    let key = std::fs::read_to_string(place.file("secret.key")).unwrap();
    let old = std::fs::read_to_string(rotated["old_key_file"].as_str().unwrap()).unwrap();
    std::fs::write(place.file("secret.key"), format!("{key}{old}")).unwrap();
    let looked = place.json(&["doctor"]);
    let findings = looked["findings"].as_array().unwrap();
    let found = findings
        .iter()
        .find(|found| found["area"] == "key")
        .unwrap();
    assert_eq!(found["level"], "warning");
    assert_eq!(found["fix"], "finish it: dango auth rotate-key");
    assert_eq!(place.json(&["auth", "rotate-key"])["resumed"], true);
    let looked = place.json(&["doctor"]);
    let findings = looked["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|found| found["area"] == "key" && found["level"] == "good")
    );
}
