//! Moving in from the Dagu workflow engine.

use std::fs;
use std::path::PathBuf;

use dango_auth::core::audit::{Origin, Via};
use dango_auth::sessions::Presented;
use serde_json::json;

use crate::import::{complete, fixtures, manifest, sign_in};
use crate::place::Place;

const KEY: &str = "dagu_Dup8QR2qd25ECFjJYisFBHpgFmNkmPTWij5DTj9Mtmak";

fn folder() -> String {
    fixtures().join("dagu").display().to_string()
}

/// A copy of the engine's folder to change.
fn copy(place: &Place) -> PathBuf {
    let copy = place.path().join("old");
    for part in ["users", "apikeys"] {
        fs::create_dir_all(copy.join(part)).unwrap();
        for entry in fs::read_dir(fixtures().join("dagu").join(part)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.join(part).join(entry.file_name())).unwrap();
        }
    }
    copy
}

#[test]
fn everybody_signs_in_with_the_old_password() {
    let place = Place::ready();
    let report = place.json(&["auth", "import", "dagu", &folder()]);
    let counts = json!({"add": 5, "already_here": 0, "conflict": 0, "skip": 0});
    assert_eq!(report["counts"], counts, "{report:#}");
    let auth = place.auth();
    for person in manifest("dagu")["users"].as_array().unwrap() {
        let (name, password) = (person["username"].as_str().unwrap(), &person["password"]);
        let signed_in = complete(&auth, name, password.as_str().unwrap());
        assert_eq!(signed_in.user.user.role.as_str(), person["role"], "{name}");
        assert!(sign_in(&auth, name, "another password").is_err());
    }
    let again = place.json(&["auth", "import", "dagu", &folder()]);
    assert_eq!(again["counts"]["already_here"], 5);
    assert_eq!(place.events("users_imported").len(), 1);
}

#[test]
fn a_key_is_found_by_its_slow_hash_once_and_then_by_its_digest() {
    let place = Place::ready();
    place.ok(&["auth", "import", "dagu", &folder()]);
    let auth = place.auth();
    let ask = |key: &str| {
        auth.sessions()
            .authenticate(Presented::ApiKey(key), Origin::local(Via::Api))
    };
    let wrong = KEY.replace("mak", "mam");
    assert!(ask(&wrong).is_err());
    let (slow, caller) = timed(|| ask(KEY).unwrap());
    assert_eq!(caller.name(), "admin");
    let may = |permission: &str| auth.decide(&caller, permission, None).unwrap().is_allowed();
    assert!(
        may("source.sync") && !may("source.manage"),
        "the key is limited to operator"
    );
    let (quick, _) = timed(|| ask(KEY).unwrap());
    assert!(quick * 5 < slow, "{quick:?} after {slow:?}");
    place.ok(&[
        "auth",
        "key",
        "revoke",
        "56b385f6-ca0b-4d17-af84-03bb1e2bcc7c",
    ]);
    assert!(ask(KEY).is_err());
    let report = place.json(&["auth", "import", "dagu", &folder()]);
    assert_eq!(report["counts"]["skip"], 1);
    assert!(ask(KEY).is_err());
}

fn timed<T>(work: impl FnOnce() -> T) -> (std::time::Duration, T) {
    let start = std::time::Instant::now();
    let done = work();
    (start.elapsed(), done)
}

#[test]
fn access_to_workspaces_comes_along_and_absent_access_is_everywhere() {
    let place = Place::ready();
    let old = copy(&place);
    let scoped = r#"{"id": "11111111-1111-4111-8111-111111111111", "username": "scoped",
        "password_hash": "$2a$12$yLLDAUNvjEi/GOLXy935xOn26oyX1ZaAtiEKaDp03Z3oKIh2yjZU2", "role": "viewer",
        "workspace_access": {"all": false, "grants": [{"workspace": "sales", "role": "manager"}]},
        "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z"}"#;
    fs::write(old.join("users/scoped.json"), scoped).unwrap();
    let key = r#"{"id": "22222222-2222-4222-8222-222222222222", "name": "scoped", "role": "viewer",
        "workspace_access": {"all": false, "grants": [{"workspace": "purchase", "role": "operator"}]},
        "key_hash": "$2a$12$LXKWTZAcGbe6dqfdRQ9eYOEi9yaN59uXQ27ftMuHtZ34ia44uR8Vi", "key_prefix": "dagu_Dup",
        "owner_user_id": "11111111-1111-4111-8111-111111111111",
        "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z"}"#;
    fs::write(old.join("apikeys/scoped.json"), key).unwrap();
    place.ok(&["auth", "import", "dagu", &old.display().to_string()]);
    let access = &place.user("scoped")["workspace_access"];
    let expected = json!({"all": false, "grants": [{"workspace": "sales", "role": "manager"}]});
    assert_eq!(*access, expected);
    assert_eq!(place.user("manager7")["workspace_access"]["all"], true);
    let workspaces = place.ok(&["auth", "workspace", "list"]);
    assert!(
        workspaces.contains("sales") && workspaces.contains("purchase"),
        "{workspaces}"
    );
}

#[test]
fn records_that_cannot_be_are_left_out_with_the_reason() {
    let place = Place::ready();
    let old = copy(&place);
    fs::write(old.join("users/a.json"), "{").unwrap();
    fs::write(old.join("users/b.json"), "[]").unwrap();
    fs::create_dir(old.join("users/c.json")).unwrap();
    fs::write(old.join("users/d.json"), vec![b' '; 2_000_000]).unwrap();
    let record = |name: &str, more: &str| {
        format!(
            r#"{{"id": "33333333-3333-4333-8333-333333333333", "username": "{name}", "role": "viewer",
            "password_hash": "$2a$12$yLLDAUNvjEi/GOLXy935xOn26oyX1ZaAtiEKaDp03Z3oKIh2yjZU2",
            "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z"{more}}}"#
        )
    };
    let bad = [
        ("e", record("oidc", r#", "auth_provider": "oidc""#)),
        ("f", record("bad name", "")),
        (
            "g",
            record(
                "owner",
                r#", "workspace_access": {"all": false, "grants": [{"workspace": "x", "role": "admin"}]}"#,
            ),
        ),
        ("h", record("MANAGER7", "")),
        ("i", record("x", "").replace("\"viewer\"", "\"owner\"")),
    ];
    for (file, text) in &bad {
        fs::write(old.join(format!("users/{file}.json")), text).unwrap();
    }
    let report = place.json(&["auth", "import", "dagu", &old.display().to_string()]);
    assert_eq!(report["counts"]["add"], 5, "{report:#}");
    assert_eq!(report["counts"]["skip"], 9, "{report:#}");
    let rows = report["rows"].as_array().unwrap();
    for row in rows.iter().filter(|row| row["verdict"] == "skip") {
        assert!(
            row["reason"]
                .as_str()
                .is_some_and(|reason| !reason.is_empty()),
            "{row}"
        );
    }
}

#[test]
fn a_folder_without_records_is_refused() {
    let place = Place::ready();
    place.fails(3, &["auth", "import", "dagu", "nowhere"]);
    place.fails(3, &["auth", "import", "dagu", "."]);
}
