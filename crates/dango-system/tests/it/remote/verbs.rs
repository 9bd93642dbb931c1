//! Every verb from afar does and prints what it does and prints on the server.

use serde_json::{Value, json};

use super::{Laptop, Site};
use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};

on_both_databases!(people_are_managed_from_afar);

fn people_are_managed_from_afar(place: Installation) {
    let Some(site) = Site::open(place) else {
        return;
    };
    let laptop = site.laptop(ADMIN);

    let added = laptop.json(&["remote", "auth", "add-user", "ann@example.org"]);
    assert!(added["temp_password"].is_string(), "{added}");
    assert_eq!(added["user"]["role"], "viewer");
    let listed = laptop.json(&["remote", "auth", "list-users"]);
    assert_eq!(listed, site.place.json(&["auth", "list-users"]));

    let role = [
        "auth",
        "change-role",
        "ann@example.org",
        "editor",
        "--remote",
        "prod",
    ];
    let changed = laptop.json(&role);
    assert_eq!(
        (&changed["role"], &changed["changed"]),
        (&json!("editor"), &json!(true))
    );
    assert_eq!(laptop.json(&role)["changed"], false);

    let reset = laptop.json(&["remote", "auth", "reset-password", "ANN@example.org"]);
    assert_ne!(reset["temp_password"], added["temp_password"]);
    let answer = site
        .server
        .try_sign_in("ann@example.org", reset["temp_password"].as_str().unwrap());
    assert_eq!(answer.status, 200);

    let refused = laptop.fails(2, &["remote", "auth", "remove-user", "ann@example.org"]);
    assert_eq!(refused["code"], "confirmation_required");
    let removed = laptop.json(&["remote", "auth", "remove-user", "ann@example.org", "--yes"]);
    assert_eq!(removed, json!({"success": true}));
    let gone = laptop.fails(3, &["remote", "auth", "reset-password", "ann@example.org"]);
    assert_eq!(gone["code"], "not_found");

    for name in [
        "user_created",
        "role_changed",
        "password_reset",
        "user_deleted",
    ] {
        let event = site.place.events(name).remove(0);
        assert_eq!(event["via"], "remote", "{event}");
        assert_eq!(event["actor"]["name"], ADMIN, "{event}");
    }
}

/// A role that may do nothing but look after people.
const HELPDESK: &str = "
[[roles]]
name = \"helpdesk\"
title = \"Helpdesk\"
description = \"Looks after people.\"
permissions = [\"users.view\", \"users.manage\"]
";

#[test]
fn a_key_that_may_manage_people_and_nothing_else_is_enough_for_people() {
    let place = Installation::on_sqlite();
    std::fs::create_dir_all(place.file("")).unwrap();
    std::fs::write(place.file("policy.toml"), HELPDESK).unwrap();
    let Some(site) = Site::open(place) else {
        return;
    };
    let _ = crate::people::make(&site.server.admin(), "hal", "helpdesk");
    let laptop = site.laptop("hal");
    let verbs: [&[&str]; 9] = [
        &["add-user", "ann@example.org"],
        &["change-role", "ann@example.org", "editor"],
        &["reset-password", "ann@example.org"],
        &["deactivate-user", "ann@example.org"],
        &["reactivate-user", "ann@example.org"],
        &["unlock", "ann@example.org"],
        &["sessions", "revoke", "ann@example.org"],
        &["list-users"],
        &["remove-user", "ann@example.org", "--yes"],
    ];
    for verb in verbs {
        let _ = laptop.json(&[&["remote", "auth"], verb].concat());
    }
    let others: [&[&str]; 3] = [
        &["audit"],
        &["config", "show"],
        &["workspace", "create", "ops"],
    ];
    for verb in others {
        let refused = laptop.fails(4, &[&["remote", "auth"], verb].concat());
        assert_eq!(refused["code"], "permission_denied", "{verb:?}");
    }
}

#[test]
fn invites_are_made_from_afar() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let far = site.far();
    let add = ["auth", "add-user", "bob@example.org"];
    let invited = far(&[&add[..], &["--base-url", "https://x.example"]].concat());
    let link = invited["invite_url"].as_str().unwrap();
    assert!(link.starts_with("https://x.example/invite/"), "{link}");
    let again = far(&["auth", "invite", "bob@example.org"]);
    assert_ne!(again["invite_url"], invited["invite_url"]);
}

#[test]
fn workspaces_and_grants_are_managed_from_afar() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let far = |words: &[&str]| laptop.json(&[words, &["--remote", "prod"]].concat());
    let _ = far(&["auth", "add-user", "bob@example.org"]);
    let made = far(&[
        "auth",
        "workspace",
        "create",
        "sales",
        "--description",
        "deals",
    ]);
    assert_eq!(made["description"], "deals");
    let grant = ["auth", "grant", "bob@example.org", "sales", "editor"];
    let refused = laptop.fails(5, &[&grant[..], &["--remote", "prod"]].concat());
    assert_eq!(refused["code"], "has_access_everywhere");
    let granted = far(&[&grant[..], &["--only"]].concat());
    assert_eq!(granted["changed"], true);
    let why = ["auth", "explain", "bob@example.org", "query.execute"];
    let why = [&why[..], &["--workspace", "sales"]].concat();
    assert_eq!(far(&why)["allowed"], true);
    same(&site, &laptop, &why);
    same(&site, &laptop, &["auth", "workspace", "list"]);
    let left = far(&["auth", "revoke", "bob@example.org", "sales"]);
    let nothing = json!({"all": false, "grants": []});
    assert_eq!(left["workspace_access"], nothing);
    let gone = far(&["auth", "workspace", "delete", "sales"]);
    assert_eq!(gone, json!({"success": true}));
}

#[test]
fn access_is_ended_and_given_back_from_afar() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let far = site.far();
    let _ = far(&["auth", "add-user", "bob@example.org", "--password"]);
    let verbs = [
        ("deactivate-user", true),
        ("deactivate-user", false),
        ("reactivate-user", true),
        ("reactivate-user", false),
        ("unlock", true),
        ("reset-2fa", false),
    ];
    for (verb, changed) in verbs {
        let done = far(&["auth", verb, "bob@example.org"]);
        assert_eq!(done["changed"], changed, "{verb}");
    }
    let _ = site.server.token(ADMIN, PASSWORD);
    let ended = far(&["auth", "sessions", "revoke", ADMIN]);
    assert_eq!(ended["revoked_count"], 1);
}

#[test]
fn settings_are_changed_and_taken_back_from_afar() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let far = site.far();
    let set = far(&["auth", "config", "set", "lockout.max_attempts", "7"]);
    assert_eq!(set["settings"]["lockout.max_attempts"]["value"], 7);
    let unset = far(&["auth", "config", "unset", "lockout.max_attempts"]);
    assert_eq!(unset["settings"]["lockout.max_attempts"]["value"], 5);
    assert_eq!(site.place.events("settings_changed").len(), 2);
    assert!(far(&["auth", "config", "show"])["settings"]["require_2fa"].is_object());
}

#[test]
fn what_is_looked_at_from_afar_is_what_stands_on_the_server() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let _ = site.server.token(ADMIN, PASSWORD);
    let looks: [&[&str]; 7] = [
        &["auth", "roles", "list"],
        &["auth", "roles", "show", "editor"],
        &["auth", "status"],
        &["auth", "sessions", "list", ADMIN],
        &["auth", "list-users", "--role", "admin", "--limit", "1"],
        &["auth", "export"],
        &["auth", "audit", "--verify"],
    ];
    for words in looks {
        same(&site, &laptop, words);
    }
    let keys = laptop.json(&["remote", "auth", "key", "list", ADMIN]);
    assert_eq!(keys[0]["name"], "laptop");
}

/// The same document from both sides.
fn same(site: &Site, laptop: &Laptop, words: &[&str]) {
    let far = laptop.json(&[words, &["--remote", "prod"]].concat());
    assert_eq!(far, site.place.json(words), "{words:?}");
}

#[test]
fn the_audit_log_is_read_from_afar_in_every_form() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let _ = laptop.ok(&["remote", "auth", "add-user", "ann@example.org"]);
    let words = ["--type", "user_created,api_key_created", "--limit", "2"];
    let far = laptop.ok(&[&["remote", "auth", "audit", "--json"], &words[..]].concat());
    let near = site
        .place
        .ok(&[&["auth", "audit", "--json"], &words[..]].concat());
    assert_eq!(far, near);
    let events: Vec<Value> = far
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(
        (&events[0]["event"], &events[0]["via"]),
        (&json!("user_created"), &json!("remote"))
    );
    let csv = laptop.ok(&[&["remote", "auth", "audit", "--format", "csv"], &words[..]].concat());
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert_eq!(site.place.events("audit_exported")[0]["via"], "remote");
    let wrong = laptop.fails(2, &["remote", "auth", "audit", "--type", "nonsense"]);
    assert_eq!(wrong["errors"][0]["code"], "unknown_event_type");
}
