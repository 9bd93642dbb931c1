//! Moving in from the Dango data platform: settings, archives of the log, and people who have left since.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::import::folder;
use crate::import_again::copy;
use crate::place::Place;

/// The row of a plan about something.
#[track_caller]
fn row<'a>(report: &'a Value, what: &str, name: &str) -> &'a Value {
    let mut rows = report["rows"].as_array().unwrap().iter();
    rows.find(|row| row["what"] == what && row["name"] == name)
        .unwrap_or_else(|| panic!("no {what} {name} in {report:#}"))
}

/// A setting's value and where it comes from.
fn setting(place: &Place, name: &str) -> (Value, Value) {
    let shown = place.json(&["auth", "config", "show"]);
    let found = shown["settings"][name].clone();
    (found["value"].clone(), found["origin"].clone())
}

#[test]
fn settings_come_along_into_another_project_and_what_does_not_is_named() {
    let place = Place::ready();
    let report = place.json(&["auth", "import", "dango", &folder()]);
    let expected = [
        ("idle_timeout_minutes", json!(720)),
        ("session_max_days", json!(90)),
        ("lockout.max_attempts", json!(4)),
        ("lockout.lockout_minutes", json!(20)),
    ];
    for (name, value) in expected {
        assert_eq!(row(&report, "setting", name)["verdict"], "add");
        assert_eq!(setting(&place, name).0, value, "{name}");
    }
    for name in ["require_2fa", "password.max_age_days"] {
        assert_eq!(row(&report, "setting", name)["verdict"], "already here");
    }
    let proxies = row(&report, "setting", "rate_limit.trusted_proxies");
    assert_eq!(proxies["verdict"], "skip");
    assert_eq!(proxies["reason"], "set it in .dango/project.yml here");
    let events = place.events("settings_changed");
    assert_eq!(events.len(), 4);
    assert!(
        events
            .iter()
            .all(|event| event["details"]["imported_from"] == "dango")
    );
}

#[test]
fn what_somebody_decided_here_is_not_overturned() {
    let place = Place::ready();
    place.ok(&["auth", "config", "set", "idle_timeout_minutes", "45"]);
    let report = place.json(&["auth", "import", "dango", &folder()]);
    let kept = row(&report, "setting", "idle_timeout_minutes");
    assert_eq!(kept["verdict"], "skip");
    assert!(
        kept["reason"]
            .as_str()
            .unwrap()
            .starts_with("it is 45 here (set by "),
        "{kept}"
    );
    assert_eq!(setting(&place, "idle_timeout_minutes").0, 45);
    // Neither is what was changed here after the first time.
    place.ok(&["auth", "config", "set", "session_max_days", "7"]);
    place.ok(&["auth", "import", "dango", &folder()]);
    assert_eq!(setting(&place, "session_max_days").0, 7);
}

#[test]
fn settings_that_cannot_be_read_keep_nobody_from_moving() {
    let place = Place::ready();
    let old = copy(&place);
    let text = "auth:\n  idle_timeout_minutes: soon\n  oauth_providers: {google: {client_id: x}}\n  colour: red\n";
    fs::write(old.join("project.yml"), text).unwrap();
    let path = old.display().to_string();
    let report = place.json(&["auth", "import", "dango", &path, "--dry-run"]);
    for name in ["idle_timeout_minutes", "colour"] {
        assert_eq!(row(&report, "setting", name)["verdict"], "skip");
    }
    fs::write(old.join("project.yml"), "auth: {{{").unwrap();
    let report = place.json(&["auth", "import", "dango", &path]);
    assert!(
        report["notes"]
            .to_string()
            .contains("its settings stay behind"),
        "{report:#}"
    );
    assert_eq!(place.user("admin7@example.org")["status"], "active");
}

#[test]
fn archives_of_the_log_come_along_packed_or_not() {
    let place = Place::ready();
    let logs = copy(&place).join("logs");
    let line = |day: u32| {
        format!(
            "{{\"timestamp\": \"2026-10-{day:02}T00:00:00+00:00\", \"event\": \"logout\", \"email\": \"x@example.org\"}}\n"
        )
    };
    let pack = |text: &str| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    fs::write(logs.join("audit.20261003.jsonl.gz"), pack(&line(2))).unwrap();
    fs::write(logs.join("audit.20261002.jsonl"), line(1)).unwrap();
    fs::write(logs.join("audit.jsonl.1.gz"), pack(&line(3))).unwrap();
    fs::write(logs.join("audit.20261004.jsonl.gz"), "damaged").unwrap();
    let path = logs.parent().unwrap().display().to_string();
    let report = place.json(&["auth", "import", "dango", &path]);
    assert_eq!(report["events"], 104);
    assert!(
        report["notes"]
            .to_string()
            .contains("audit.20261004.jsonl.gz cannot be read"),
        "{report:#}"
    );
    let events = place.ok(&[
        "auth", "audit", "--json", "--type", "logout", "--limit", "1000",
    ]);
    let oldest: Vec<Value> = events
        .lines()
        .rev()
        .take(3)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let days: Vec<&str> = oldest
        .iter()
        .map(|event| &event["timestamp"].as_str().unwrap()[8..10])
        .collect();
    assert_eq!(days, ["01", "02", "03"]);
    assert_eq!(place.json(&["auth", "import", "dango", &path])["events"], 0);
    assert_eq!(place.json(&["auth", "audit", "--verify"])["intact"], true);
}

#[test]
fn who_was_deleted_here_does_not_come_back() {
    let place = Place::ready();
    place.ok(&["auth", "import", "dango", &folder()]);
    place.ok(&["auth", "delete-user", "viewer7@example.org", "--yes"]);
    let old = folder();
    for more in [&["--dry-run"][..], &[]] {
        let words = [&["auth", "import", "dango", &old][..], more].concat();
        let report = place.json(&words);
        let gone = row(&report, "user", "viewer7@example.org");
        assert_eq!(
            (&gone["verdict"], &gone["reason"]),
            (&json!("skip"), &json!("deleted here"))
        );
        let key = row(&report, "API key", "dashboards");
        assert_eq!(key["verdict"], "skip");
    }
    assert_eq!(place.user("viewer7@example.org"), Value::Null);
    assert_eq!(place.user("editor7@example.org")["status"], "active");
}
