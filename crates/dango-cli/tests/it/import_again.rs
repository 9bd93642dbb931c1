//! Moving in from the Dango data platform: what is left out, refused, or done again.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::import::{fixtures, folder};
use crate::place::Place;

/// A copy of the platform's folder to change.
pub(crate) fn copy(place: &Place) -> PathBuf {
    let copy = place.path().join("old");
    fs::create_dir_all(copy.join("logs")).unwrap();
    for name in ["auth.db", "auth.yml", "project.yml", "logs/audit.jsonl"] {
        fs::copy(
            fixtures().join("dango/dot-dango").join(name),
            copy.join(name),
        )
        .unwrap();
    }
    copy
}

/// Puts other bytes in the place of some, everywhere in a file.
fn overwrite(path: &Path, from: &str, to: &str) {
    assert_eq!(from.len(), to.len(), "{from}");
    let mut bytes = fs::read(path).unwrap();
    let mut found = false;
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from.as_bytes()) {
            bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
            found = true;
        }
    }
    assert!(found, "{from}");
    fs::write(path, bytes).unwrap();
}

#[test]
fn doing_it_again_adds_only_what_is_new() {
    let place = Place::ready();
    let old = copy(&place).display().to_string();
    place.ok(&["auth", "import", "dango", &old]);
    let before = place.everything();
    let report = place.json(&["auth", "import", "dango", &old]);
    assert_eq!(report["counts"]["add"], 0);
    assert_eq!(report["counts"]["already_here"], 18);
    assert_eq!(report["events"], 0);
    assert_eq!(place.everything(), before);
    let log = Path::new(&old).join("logs/audit.jsonl");
    let line = r#"{"timestamp": "2026-11-21T00:00:00+00:00", "event": "logout", "email": "admin7@example.org"}"#;
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, format!("{text}{line}\n")).unwrap();
    assert_eq!(place.json(&["auth", "import", "dango", &old])["events"], 1);
    assert_eq!(place.json(&["auth", "import", "dango", &old])["events"], 0);
}

#[test]
fn a_name_held_by_somebody_else_is_named_and_nothing_changes() {
    let place = Place::with_users(&[("viewer7@example.org", "editor")]);
    let (before, old) = (place.everything(), folder());
    for more in [&["--dry-run"][..], &[]] {
        let words = [&["auth", "import", "dango", &old, "--json"], more].concat();
        let run = place.run(&words);
        assert_eq!(run.code, 5, "{run:?}");
        let report: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(report["counts"]["conflict"], 1);
        assert_eq!(report["done"], false);
        let fault: Value = serde_json::from_str(&run.err).unwrap();
        assert_eq!(fault["code"], "import_conflict");
        assert!(
            fault["message"]
                .as_str()
                .unwrap()
                .contains("viewer7@example.org")
        );
    }
    assert_eq!(place.everything(), before);
    let report = place.json(&["auth", "import", "dango", &folder(), "--skip-conflicts"]);
    let counts = json!({"add": 14, "already_here": 2, "conflict": 1, "skip": 2});
    assert_eq!(report["counts"], counts);
    assert_eq!(place.user("viewer7@example.org")["role"], "editor");
    assert_eq!(place.user("editor7@example.org")["status"], "active");
}

#[test]
fn the_switch_is_carried_over_only_when_it_is_clear() {
    let cases = [
        ("enabled: false\n", false),
        ("enabled: 'false'\n", true),
        ("enabled: false\n  x: [\n", true),
        ("{{{{", true),
        ("", true),
        ("other: false\n", true),
    ];
    for (text, enabled) in cases {
        let place = Place::ready();
        let old = copy(&place);
        fs::write(old.join("auth.yml"), text).unwrap();
        let run = place.run(&["auth", "import", "dango", &old.display().to_string()]);
        assert_eq!(run.code, 0, "{text}: {run:?}");
        assert_eq!(
            run.err.contains("sign-in is switched off there"),
            !enabled,
            "{text}"
        );
        assert_eq!(
            place.json(&["auth", "status"])["enabled"],
            enabled,
            "{text}"
        );
        let noted = place.events("auth_disabled");
        assert_eq!(noted.len(), usize::from(!enabled), "{text}");
        if let Some(event) = noted.first() {
            assert_eq!(event["details"]["imported_from"], "dango");
            assert_eq!(event["via"], "cli");
        }
    }
}

#[test]
fn records_that_cannot_be_are_left_out_with_the_reason() {
    let place = Place::ready();
    let old = copy(&place);
    let replaced = [
        ("Tp2vr.b7meditor", "Tp2vr.b7mowners"),
        ("$2b$12$Q2U/iS87", "plain text here"),
        ("[\"9aef22fb", "[{9aef22fb"),
        ("locked7@example.org", "ev\u{1b}[31m@example.org"),
        ("2026-11-20T15:50:27.019311", "yesterday!T15:50:27.019311"),
        ("ca0a0b80-39ac-4e5e-bfc1", "../../../../etc/passwd,"),
        ("3714f700514cd285", "zzzzf700514cd285"),
    ];
    for (from, to) in replaced {
        overwrite(&old.join("auth.db"), from, to);
    }
    let log = "not json\n[]\n{\"event\": \"../x\", \"timestamp\": \"2026-01-01T00:00:00Z\"}\n";
    fs::write(old.join("logs/audit.jsonl"), log).unwrap();
    let old = old.display().to_string();
    let report = place.json(&["auth", "import", "dango", &old]);
    let counts = json!({"add": 8, "already_here": 2, "conflict": 0, "skip": 9});
    assert_eq!(report["counts"], counts, "{report:#}");
    let rows = report["rows"].as_array().unwrap();
    for row in rows.iter().filter(|row| row["verdict"] == "skip") {
        assert!(
            row["reason"]
                .as_str()
                .is_some_and(|reason| !reason.is_empty()),
            "{row}"
        );
    }
    assert_eq!(report["events"], 0);
    let text = place.ok(&["auth", "import", "dango", &old]);
    assert!(!text.contains('\u{1b}'), "{text:?}");
    assert_eq!(place.user("viewer7@example.org"), Value::Null);
}

#[test]
fn a_folder_that_is_none_is_refused() {
    let place = Place::ready();
    place.fails(3, &["auth", "import", "dango", "nowhere"]);
    fs::create_dir(place.path().join("empty")).unwrap();
    place.fails(3, &["auth", "import", "dango", "empty"]);
    let garbled = place.path().join("garbled");
    fs::create_dir(&garbled).unwrap();
    fs::write(garbled.join("auth.db"), vec![b'x'; 5000]).unwrap();
    place.fails(6, &["auth", "import", "dango", "garbled"]);
    let own = place.dot_dango().display().to_string();
    place.fails(6, &["auth", "import", "dango", &own]);
    place.fails(2, &["auth", "import", "metabase", "."]);
}
