//! Adding and changing people.

use serde_json::Value;

use crate::place::{ADMIN, Place};

#[test]
fn an_invited_person_is_a_viewer_with_a_link_that_works_for_72_hours() {
    let place = Place::ready();
    let added = place.json(&["auth", "add-user", " Ann@Example.org "]);
    assert_eq!(added["user"]["email"], "ann@example.org");
    assert_eq!(added["user"]["username"], "ann@example.org");
    assert_eq!(added["user"]["role"], "viewer");
    assert_eq!(added["user"]["status"], "invited");
    assert_eq!(added["user"]["has_pending_invite"], true);
    assert_eq!(
        added["user"]["workspace_access"],
        serde_json::json!({"all": true})
    );
    let link = added["invite_url"].as_str().unwrap();
    let token = link.strip_prefix("http://localhost:8800/invite/").unwrap();
    assert_eq!(token.len(), 43);
    assert_eq!(added.get("temp_password"), None);
    let instant = |name: &str| {
        let text = added["user"][name].as_str().unwrap();
        assert!(
            text.ends_with('Z') && text.len() == "2026-01-02T03:04:05.678901Z".len(),
            "{text}"
        );
        chrono::DateTime::parse_from_rfc3339(text).unwrap()
    };
    let life = instant("invite_expires_at") - instant("created_at");
    assert!(
        (72 * 60 - 1..=72 * 60).contains(&life.num_minutes()),
        "{life}"
    );
}

#[test]
fn the_link_points_where_it_is_told_and_warns_of_this_machine_alone() {
    let place = Place::ready();
    let words = [
        "auth",
        "add-user",
        "ann@example.org",
        "--base-url",
        "https://dango.example.org/",
    ];
    let run = place.run(&words);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out.contains("https://dango.example.org/invite/"),
        "{}",
        run.out
    );
    assert!(!run.err.contains("this machine only"), "{}", run.err);
    let run = place.run(&["auth", "add-user", "bob@example.org"]);
    assert!(run.err.contains("this machine only"), "{}", run.err);
}

#[test]
fn a_temporary_password_is_printed_and_must_be_changed() {
    let place = Place::ready();
    let added = place.json(&[
        "auth",
        "add-user",
        "ann@example.org",
        "--role",
        "editor",
        "--password",
    ]);
    assert_eq!(added["user"]["status"], "active");
    assert_eq!(added["user"]["must_change_password"], true);
    assert!(added["temp_password"].as_str().unwrap().len() >= 16);
    assert_eq!(added.get("invite_url"), None);
}

#[test]
fn a_person_may_be_let_into_single_workspaces() {
    let place = Place::ready();
    let words = [
        "auth",
        "add-user",
        "ann@example.org",
        "--workspace",
        "sales:editor",
        "--workspace",
        "hr:viewer",
    ];
    let added = place.json(&words);
    let expected = serde_json::json!({"all": false, "grants": [
        {"workspace": "hr", "role": "viewer"}, {"workspace": "sales", "role": "editor"}]});
    assert_eq!(added["user"]["workspace_access"], expected);
    let err = place.fails(
        2,
        &[
            "auth",
            "add-user",
            "bob@example.org",
            "--workspace",
            "sales",
        ],
    );
    assert!(err.contains("NAME:ROLE"), "{err}");
}

#[test]
fn somebody_who_is_there_already_is_a_conflict() {
    let place = Place::ready();
    place.ok(&["auth", "add-user", "ann@example.org"]);
    let before = place.everything();
    let fault = place.fails_json(5, &["auth", "add-user", "ANN@example.org"]);
    assert_eq!(fault["code"], "user_exists");
    assert_eq!(place.everything(), before);
}

#[test]
fn an_unknown_role_is_a_wrong_command_and_lists_the_roles() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    for words in [
        &["auth", "add-user", "bob@example.org", "--role", "edtior"][..],
        &["auth", "change-role", "ann@example.org", "edtior"],
        &["auth", "list-users", "--role", "edtior"],
        &[
            "auth",
            "grant",
            "ann@example.org",
            "sales",
            "edtior",
            "--only",
        ],
    ] {
        let err = place.fails(2, words);
        assert!(err.contains("editor"), "{words:?}: {err}");
    }
    let err = place.fails(2, &["auth", "change-role", "ann@example.org", "owner"]);
    for role in [
        "viewer",
        "operator",
        "editor",
        "developer",
        "manager",
        "admin",
    ] {
        assert!(err.contains(role), "{role}: {err}");
    }
    assert_eq!(place.user("bob@example.org"), Value::Null);
}

#[test]
fn an_address_that_is_none_is_invalid() {
    let place = Place::ready();
    for address in [
        "ann",
        "ann@",
        "@example.org",
        "a b@example.org",
        "ann@@example.org",
    ] {
        let fault = place.fails_json(6, &["auth", "add-user", address]);
        assert_eq!(fault["errors"][0]["field"], "email", "{address}");
    }
}

#[test]
fn nobody_is_found_by_an_unknown_name() {
    let place = Place::ready();
    let before = place.everything();
    for command in [
        &["reset-password"][..],
        &["deactivate-user"],
        &["reactivate-user"],
        &["delete-user"],
        &["unlock"],
        &["recover"],
        &["invite"],
        &["reset-2fa"],
        &["sessions", "list"],
        &["sessions", "revoke"],
        &["key", "list"],
    ] {
        let words = [&["auth"], command, &["nobody@example.org", "--yes"]].concat();
        let err = place.fails(3, &words);
        assert!(err.contains("nobody@example.org"), "{err}");
    }
    place.fails(3, &["auth", "change-role", "nobody@example.org", "viewer"]);
    place.fails(
        3,
        &["auth", "grant", "nobody@example.org", "sales", "viewer"],
    );
    place.fails(3, &["auth", "revoke", "nobody@example.org", "sales"]);
    place.fails(
        3,
        &["auth", "explain", "nobody@example.org", "query.execute"],
    );
    place.fails(
        3,
        &["auth", "key", "create", "nobody@example.org", "--name", "x"],
    );
    assert_eq!(place.everything(), before);
}

#[test]
fn a_role_changes_once_and_repeating_it_is_no_failure() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    let changed = place.json(&["auth", "change-role", "ann@example.org", "admin"]);
    assert_eq!(changed["role"], "admin");
    assert_eq!(changed["changed"], true);
    let again = place.json(&["auth", "change-role", "ann@example.org", "admin"]);
    assert_eq!(again["changed"], false);
    let events = place.events("role_changed");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["details"]["old_role"], "viewer");
    assert_eq!(events[0]["details"]["new_role"], "admin");
    assert_eq!(events[0]["via"], "cli");
    assert_eq!(events[0]["target"]["name"], "ann@example.org");
    assert_eq!(events[0]["actor"]["kind"], "system");
}

#[test]
fn a_reset_gives_a_new_temporary_password() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    let first = place.json(&["auth", "reset-password", "ann@example.org"]);
    let second = place.json(&["auth", "reset-password", "ANN@example.org"]);
    assert_ne!(first["temp_password"], second["temp_password"]);
    assert_eq!(second["user"]["must_change_password"], true);
    assert_eq!(place.events("password_reset").len(), 2);
}

#[test]
fn access_ends_and_comes_back() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    assert_eq!(
        place.json(&["auth", "deactivate-user", "ann@example.org"])["status"],
        "inactive"
    );
    assert_eq!(
        place.json(&["auth", "deactivate-user", "ann@example.org"])["changed"],
        false
    );
    assert_eq!(place.user("ann@example.org")["is_active"], false);
    assert_eq!(
        place.json(&["auth", "reactivate-user", "ann@example.org"])["status"],
        "active"
    );
    assert_eq!(
        place.json(&["auth", "reactivate-user", "ann@example.org"])["changed"],
        false
    );
    assert_eq!(place.events("user_deactivated").len(), 1);
    assert_eq!(place.events("user_reactivated").len(), 1);
}

#[test]
fn the_last_admin_stays() {
    let place = Place::with_users(&[("ann@example.org", "editor")]);
    let before = place.everything();
    for words in [
        &["auth", "change-role", ADMIN, "viewer"][..],
        &["auth", "deactivate-user", ADMIN],
        &["auth", "delete-user", ADMIN, "--yes"],
        &["auth", "grant", ADMIN, "sales", "editor", "--only"],
    ] {
        let fault = place.fails_json(5, words);
        assert_eq!(fault["code"], "last_admin", "{words:?}");
    }
    assert_eq!(place.everything(), before);
    place.ok(&["auth", "change-role", "ann@example.org", "admin"]);
    place.ok(&["auth", "change-role", ADMIN, "viewer"]);
}

#[test]
fn an_invite_is_made_again_for_those_who_have_no_password() {
    let place = Place::with_users(&[("bob@example.org", "viewer")]);
    let first = place.json(&["auth", "add-user", "ann@example.org"]);
    let again = place.json(&[
        "auth",
        "invite",
        "ann@example.org",
        "--base-url",
        "https://dango.example.org",
    ]);
    assert_ne!(first["invite_url"], again["invite_url"]);
    assert!(
        again["invite_url"]
            .as_str()
            .unwrap()
            .starts_with("https://dango.example.org/invite/")
    );
    let fault = place.fails_json(5, &["auth", "invite", "bob@example.org"]);
    assert_eq!(fault["code"], "password_already_set");
}

#[test]
fn failures_lock_and_unlock_lifts_the_lock() {
    use dango_auth::core::audit::{Origin, Via};
    use dango_auth::core::password::Password;
    use dango_auth::core::session::Transport;
    use dango_auth::sign_in::PasswordAttempt;

    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    let auth = place.auth();
    for _ in 0..5 {
        let origin = Origin {
            ip: Some("192.0.2.7".parse().unwrap()),
            ..Origin::local(Via::Api)
        };
        let attempt = PasswordAttempt {
            login: "ann@example.org".to_owned(),
            password: Password::new("wrong horse").unwrap(),
            transport: Transport::Cookie,
            device: None,
            origin,
        };
        assert!(auth.sign_in().with_password(&attempt).is_err());
    }
    assert_eq!(place.user("ann@example.org")["status"], "locked");
    assert_eq!(place.user("ann@example.org")["failed_login_attempts"], 5);
    assert_eq!(
        place.events("login_failure").len(),
        place.events("login_failed").len()
    );
    assert!(!place.events("login_failed").is_empty());
    place.ok(&["auth", "unlock", "ann@example.org"]);
    assert_eq!(place.user("ann@example.org")["status"], "active");
    assert_eq!(place.user("ann@example.org")["failed_login_attempts"], 0);
    place.ok(&["auth", "unlock", "ann@example.org"]);
}

#[test]
fn a_second_factor_that_is_not_there_needs_no_reset() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    assert_eq!(
        place.json(&["auth", "reset-2fa", "ann@example.org"])["changed"],
        false
    );
    assert!(place.events("two_fa_reset").is_empty());
}
