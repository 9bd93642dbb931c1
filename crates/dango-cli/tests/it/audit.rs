//! Asking the audit log.

use std::fs;

use serde_json::Value;

use crate::place::{ADMIN, Place};

fn events(place: &Place, words: &[&str]) -> Vec<Value> {
    let lines = place.ok(&[&["auth", "audit", "--json"], words].concat());
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn events_come_newest_first_with_all_their_fields() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    place.ok(&["auth", "change-role", "ann@example.org", "editor"]);
    let all = events(&place, &[]);
    let ids: Vec<_> = all
        .iter()
        .map(|event| event["id"].as_i64().unwrap())
        .collect();
    assert!(ids.is_sorted_by(|a, b| a == &(b + 1)), "{ids:?}");
    assert_eq!(ids.last(), Some(&1));
    let names = [
        "id",
        "timestamp",
        "event",
        "actor",
        "target",
        "workspace",
        "outcome",
        "ip",
        "user_agent",
        "request_id",
        "via",
        "details",
    ];
    for name in names {
        assert!(all[0].get(name).is_some(), "{name}");
    }
    assert_eq!(all[0]["event"], "role_changed");
    assert_eq!(all[0]["via"], "cli");
}

#[test]
fn the_log_can_be_asked_by_type_time_and_person() {
    let place = Place::with_users(&[("ann@example.org", "viewer"), ("bob@example.org", "viewer")]);
    place.ok(&["auth", "deactivate-user", "bob@example.org"]);
    assert_eq!(events(&place, &["--type", "user_created"]).len(), 2);
    assert_eq!(
        events(&place, &["--type", "user_created,user_deactivated"]).len(),
        3
    );
    assert_eq!(
        events(
            &place,
            &["--type", "user_created", "--type", "user_deactivated"]
        )
        .len(),
        3
    );
    assert_eq!(events(&place, &["--user", "bob@example.org"]).len(), 2);
    assert_eq!(events(&place, &["--actor", "nobody"]).len(), 0);
    assert_eq!(
        events(&place, &["--since", "2020-01-01", "--limit", "1"]).len(),
        1
    );
    assert_eq!(
        events(&place, &["--since", "2999-01-01T00:00:00Z"]).len(),
        0
    );
    assert_eq!(events(&place, &["--until", "2020-01-01"]).len(), 0);
    assert_eq!(
        events(&place, &["--until", "2999-12-31", "--type", "user_created"]).len(),
        2
    );
    assert_eq!(
        events(&place, &["--type", "login_failed", "--limit", "50"]).len(),
        0
    );
    assert_eq!(events(&place, &["--type", "login_failure"]).len(), 0);
}

#[test]
fn nonsense_is_refused() {
    let place = Place::ready();
    for date in ["yesterday", "2026-13-01", "2026-02-30", "", "01.02.2026"] {
        let fault = place.fails_json(6, &["auth", "audit", "--since", date]);
        assert_eq!(fault["errors"][0]["field"], "since", "{date}");
        place.fails(6, &["auth", "audit", "--until", date]);
    }
    for limit in ["0", "-1", "1001", "many"] {
        place.fails(2, &["auth", "audit", &format!("--limit={limit}")]);
    }
    let err = place.fails(2, &["auth", "audit", "--type", "logn_failed"]);
    assert!(err.contains("login_failed"), "{err}");
    place.fails(2, &["auth", "audit", "--format", "xml"]);
    place.fails(2, &["auth", "audit", "--verify", "--since", "2026-01-01"]);
}

#[test]
fn the_default_limit_is_fifty() {
    let place = Place::ready();
    for _ in 0..26 {
        place.ok(&["auth", "disable", "--yes"]);
        place.ok(&["auth", "enable"]);
    }
    assert_eq!(events(&place, &[]).len(), 50);
    assert_eq!(events(&place, &["--limit", "1000"]).len(), 53);
}

#[test]
fn the_log_comes_as_table_document_lines_and_csv() {
    let place = Place::ready();
    let table = place.ok(&["auth", "audit"]);
    assert!(
        table.starts_with("Time (UTC)") && table.contains("setup_completed"),
        "{table}"
    );
    let document: Value =
        serde_json::from_str(&place.ok(&["auth", "audit", "--format", "json"])).unwrap();
    assert_eq!(document["events"][0]["event"], "setup_completed");
    assert_eq!(document["next_cursor"], Value::Null);
    assert_eq!(
        place
            .ok(&["auth", "audit", "--format", "jsonl"])
            .lines()
            .count(),
        2
    );
    let csv = place.ok(&["auth", "audit", "--format", "csv"]);
    assert!(csv.starts_with("id,timestamp,event,actor_kind,"), "{csv}");
    assert!(csv.contains(ADMIN));
    let noted = place.events("audit_exported");
    assert_eq!(noted.len(), 3);
    assert_eq!(noted[0]["details"]["format"], "csv");
}

#[test]
fn a_sound_chain_is_verified_and_a_changed_one_is_found() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    assert_eq!(
        place.json(&["auth", "audit", "--verify"]),
        serde_json::json!({"intact": true, "rows": 2})
    );
    let database = place.file("auth.db");
    let mut bytes = fs::read(&database).unwrap();
    let name = b"user_created";
    for at in 0..bytes.len() - name.len() {
        if bytes[at..].starts_with(name) {
            bytes[at..at + name.len()].copy_from_slice(b"user_deleted");
        }
    }
    fs::write(&database, bytes).unwrap();
    let run = place.run(&["auth", "audit", "--verify", "--json"]);
    assert_eq!(run.code, 5, "{run:?}");
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["intact"], false);
    assert_eq!(report["broken_at"], 2);
    let fault: Value = serde_json::from_str(&run.err).unwrap();
    assert_eq!(fault["code"], "audit_chain_broken");
}
