//! Workspaces, grants, roles and the reasons for a decision.

use serde_json::json;

use crate::place::{ADMIN, Place};

#[test]
fn workspaces_are_made_listed_and_deleted() {
    let place = Place::ready();
    let made = place.json(&[
        "auth",
        "workspace",
        "create",
        "sales",
        "--description",
        "Sales people",
    ]);
    assert_eq!(made["name"], "sales");
    place.ok(&["auth", "workspace", "create", "hr"]);
    let list = place.json(&["auth", "workspace", "list"]);
    let names: Vec<_> = list["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names, ["hr", "sales"]);
    assert_eq!(
        place.fails_json(5, &["auth", "workspace", "create", "sales"])["code"],
        "workspace_exists"
    );
    place.fails(6, &["auth", "workspace", "create", "not a name"]);
    place.fails(6, &["auth", "workspace", "create", "Default"]);
    place.ok(&["auth", "workspace", "delete", "sales"]);
    place.fails(3, &["auth", "workspace", "delete", "sales"]);
}

#[test]
fn a_grant_does_not_narrow_access_unless_asked_to() {
    let place = Place::with_users(&[("ann@example.org", "editor")]);
    let fault = place.fails_json(5, &["auth", "grant", "ann@example.org", "sales", "viewer"]);
    assert_eq!(fault["code"], "has_access_everywhere");
    let done = place.json(&[
        "auth",
        "grant",
        "ann@example.org",
        "sales",
        "editor",
        "--only",
    ]);
    assert_eq!(done["role"], "viewer");
    let only = json!({"all": false, "grants": [{"workspace": "sales", "role": "editor"}]});
    assert_eq!(done["workspace_access"], only);
    let more = place.json(&["auth", "grant", "ann@example.org", "hr", "viewer"]);
    assert_eq!(
        more["workspace_access"]["grants"].as_array().unwrap().len(),
        2
    );
    assert_eq!(
        place.json(&["auth", "grant", "ann@example.org", "hr", "viewer"])["changed"],
        false
    );
    let less = place.json(&["auth", "revoke", "ann@example.org", "hr"]);
    assert_eq!(less["workspace_access"], only);
    place.fails(3, &["auth", "revoke", "ann@example.org", "hr"]);
    assert!(place.ok(&["auth", "list-users"]).contains("sales:editor"));
}

#[test]
fn admin_cannot_be_granted_in_a_workspace() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    let fault = place.fails_json(
        6,
        &[
            "auth",
            "grant",
            "ann@example.org",
            "sales",
            "admin",
            "--only",
        ],
    );
    assert_eq!(fault["errors"][0]["code"], "admin_grant");
}

#[test]
fn a_decision_is_explained() {
    let place = Place::with_users(&[("ann@example.org", "viewer")]);
    place.ok(&[
        "auth",
        "grant",
        "ann@example.org",
        "sales",
        "editor",
        "--only",
    ]);
    let yes = place.json(&[
        "auth",
        "explain",
        "ann@example.org",
        "query.execute",
        "--workspace",
        "sales",
    ]);
    assert_eq!(yes["allowed"], true);
    assert_eq!(yes["role"], "editor");
    assert_eq!(yes["role_source"], "workspace");
    let no = place.json(&["auth", "explain", "ann@example.org", "query.execute"]);
    assert_eq!(no["allowed"], false);
    assert_eq!(no["reason"], "no_grant");
    assert_eq!(
        no["granting_roles"],
        json!(["editor", "developer", "manager", "admin"])
    );
    assert!(
        place
            .ok(&["auth", "explain", ADMIN, "users.manage"])
            .starts_with("allowed")
    );
    let err = place.fails(2, &["auth", "explain", ADMIN, "query.exceute"]);
    assert!(err.contains("query.execute"), "{err}");
}

#[test]
fn roles_are_listed_with_what_they_permit() {
    let place = Place::ready();
    let roles = place.json(&["auth", "roles", "list"]);
    let counts: Vec<_> = roles
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["permissions"].as_array().unwrap().len())
        .collect();
    assert_eq!(counts, [8, 11, 19, 20, 24, 29]);
    let editor = place.json(&["auth", "roles", "show", "editor"]);
    assert_eq!(editor["name"], "editor");
    assert!(
        place
            .ok(&["auth", "roles", "show", "editor"])
            .contains("query.execute")
    );
    assert!(
        place
            .fails(2, &["auth", "roles", "show", "owner"])
            .contains("viewer")
    );
}
