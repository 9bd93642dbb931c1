//! The documented commands in one go, as a script would run them.

use crate::place::{PASSWORD, Place};

#[test]
fn every_documented_command_does_its_work_in_text_and_json() {
    for json in [&[][..], &["--json"]] {
        let place = Place::bare();
        let mut init = place.dango(&[&["init", "--skip-wizard"], json].concat());
        init.env("DANGO_ADMIN_PASSWORD", PASSWORD)
            .assert()
            .success();
        for words in [
            &["auth", "enable"][..],
            &["auth", "status"],
            &["auth", "add-user", "ann@example.org", "--role", "editor"],
            &[
                "auth",
                "add-user",
                "bob@example.org",
                "--role",
                "viewer",
                "--password",
            ],
            &["auth", "list-users"],
            &["auth", "reset-password", "bob@example.org"],
            &["auth", "change-role", "bob@example.org", "admin"],
            &["auth", "deactivate-user", "bob@example.org"],
            &["auth", "reactivate-user", "bob@example.org"],
            &["auth", "unlock", "bob@example.org"],
            &["auth", "delete-user", "ann@example.org", "--yes"],
            &["auth", "audit", "--type", "login_failed", "--limit", "50"],
            &["auth", "audit", "--since", "2026-01-01"],
            &["auth", "recover", "bob@example.org"],
            &["auth", "recover", "--yes"],
            &["auth", "disable", "--yes"],
        ] {
            let run = place.run(&[words, json].concat());
            assert_eq!(run.code, 0, "{words:?}: {run:?}");
            let is_log = words.contains(&"audit");
            if !json.is_empty() && !is_log {
                let document: Result<serde_json::Value, _> = serde_json::from_str(&run.out);
                assert!(document.is_ok(), "{words:?}: {}", run.out);
            }
        }
        let seen = place.ok(&["auth", "audit", "--json", "--limit", "1000"]);
        for name in [
            "setup_completed",
            "user_created",
            "password_reset",
            "role_changed",
            "user_deactivated",
            "user_reactivated",
            "account_unlocked",
            "user_deleted",
            "recovery_admin_created",
            "auth_disabled",
        ] {
            assert!(seen.contains(&format!("\"{name}\"")), "{name}: {seen}");
        }
    }
}
