//! Every verb from afar does and prints what it does and prints on the server.

use serde_json::{Value, json};

use super::{Laptop, Site};
use crate::installation::{ADMIN, Installation, on_both_databases};

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

#[test]
fn every_other_verb_says_the_same_from_afar_as_on_the_server() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let far = |words: &[&str]| laptop.json(&[words, &["--remote", "prod"]].concat());
    let invited = far(&[
        "auth",
        "add-user",
        "bob@example.org",
        "--base-url",
        "https://x.example",
    ]);
    let link = invited["invite_url"].as_str().unwrap();
    assert!(link.starts_with("https://x.example/invite/"), "{link}");
    let again = far(&["auth", "invite", "bob@example.org"]);
    assert_ne!(again["invite_url"], invited["invite_url"]);

    let made = far(&[
        "auth",
        "workspace",
        "create",
        "sales",
        "--description",
        "deals",
    ]);
    assert_eq!(made["description"], "deals");
    let refused = laptop.fails(
        5,
        &[
            "auth",
            "grant",
            "bob@example.org",
            "sales",
            "editor",
            "--remote",
            "prod",
        ],
    );
    assert_eq!(refused["code"], "has_access_everywhere");
    let granted = far(&[
        "auth",
        "grant",
        "bob@example.org",
        "sales",
        "editor",
        "--only",
    ]);
    assert_eq!(granted["changed"], true);
    let why = [
        "auth",
        "explain",
        "bob@example.org",
        "query.execute",
        "--workspace",
        "sales",
    ];
    assert_eq!(far(&why)["allowed"], true);
    same(&site, &laptop, &why);
    let left = far(&["auth", "revoke", "bob@example.org", "sales"]);
    assert_eq!(
        left["workspace_access"],
        json!({"all": false, "grants": []})
    );

    for verb in ["deactivate-user", "reactivate-user", "unlock"] {
        assert_eq!(
            far(&["auth", verb, "bob@example.org"])["changed"],
            true,
            "{verb}"
        );
    }
    assert_eq!(
        far(&["auth", "deactivate-user", "bob@example.org"])["changed"],
        true
    );
    assert_eq!(
        far(&["auth", "deactivate-user", "bob@example.org"])["changed"],
        false
    );
    assert_eq!(far(&["auth", "reset-2fa", ADMIN])["changed"], false);

    let set = far(&["auth", "config", "set", "lockout.max_attempts", "7"]);
    assert_eq!(set["settings"]["lockout.max_attempts"]["value"], 7);
    let unset = far(&["auth", "config", "unset", "lockout.max_attempts"]);
    assert_eq!(
        unset["settings"]["lockout.max_attempts"]["origin"],
        "default"
    );
    let _ = site.server.token(ADMIN, crate::installation::PASSWORD);

    same(&site, &laptop, &["auth", "roles", "list"]);
    same(&site, &laptop, &["auth", "status"]);
    same(&site, &laptop, &["auth", "workspace", "list"]);
    same(&site, &laptop, &["auth", "sessions", "list", ADMIN]);
    same(&site, &laptop, &["auth", "export"]);
    let keys = far(&["auth", "key", "list", ADMIN]);
    assert_eq!(keys[0]["name"], "laptop");
    assert_eq!(
        far(&["auth", "sessions", "revoke", ADMIN])["revoked_count"],
        1
    );
    assert_eq!(far(&["auth", "audit", "--verify"])["intact"], true);
    assert_eq!(
        far(&["auth", "workspace", "delete", "sales"]),
        json!({"success": true})
    );
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
