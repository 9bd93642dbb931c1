//! People of one installation, exported and taken over by another.

use std::fs;

use dango_auth::core::audit::{Origin, Via};
use dango_auth::core::password::Password;
use dango_auth::core::session::Transport;
use serde_json::{Value, json};

use crate::import::{complete, sign_in};
use crate::place::{ADMIN, Place};

/// An installation with people of every kind.
fn source() -> Place {
    let place = Place::with_users(&[
        ("ann@example.org", "editor"),
        ("gone@example.org", "viewer"),
    ]);
    place.ok(&["auth", "deactivate-user", "gone@example.org"]);
    place.ok(&[
        "auth",
        "workspace",
        "create",
        "empty",
        "--description",
        "nobody yet",
    ]);
    let grant = ["sales:editor", "hr:viewer"];
    let add = [
        "auth",
        "add-user",
        "eve@example.org",
        "--workspace",
        grant[0],
        "--workspace",
        grant[1],
    ];
    place.ok(&add);
    place
}

/// Writes an export into another installation's folder; answers its name there.
fn carry(from: &Place, to: &Place, format: &str) -> String {
    let name = format!("people.{format}");
    fs::write(
        to.path().join(&name),
        from.ok(&["auth", "export", "--format", format]),
    )
    .unwrap();
    name
}

/// A second installation whose admin is the first one's too, by id: a copy from before there were people.
fn target() -> Place {
    Place::ready()
}

fn counts(add: u32, already_here: u32) -> Value {
    json!({"add": add, "already_here": already_here, "conflict": 0, "skip": 0})
}

#[test]
fn people_arrive_with_their_rights_and_without_a_password() {
    for format in ["json", "csv"] {
        let (from, to) = (source(), target());
        let file = carry(&from, &to, format);
        let import = ["auth", "import", "--format", format, &file];
        let before = to.everything();
        let planned = to.json(&[&import[..], &["--dry-run"]].concat());
        assert!(!planned.to_string().contains("/invite/"), "{planned}");
        assert_eq!(to.everything(), before);

        let done = to.json(&import);
        let workspaces = if format == "json" { 3 } else { 0 };
        assert_eq!(done["counts"], counts(3 + workspaces, 1), "{done:#}");
        for member in ["id", "role", "workspace_access", "created_at"] {
            for email in ["ann@example.org", "eve@example.org", "gone@example.org"] {
                assert_eq!(
                    to.user(email)[member],
                    from.user(email)[member],
                    "{email} {member}"
                );
            }
        }
        assert_eq!(to.user("ann@example.org")["status"], "invited");
        assert_eq!(to.user("gone@example.org")["status"], "inactive");
        assert_eq!(to.events("users_imported").len(), 1);

        let again = to.json(&import);
        assert_eq!(again["counts"], counts(0, 4 + workspaces));
        assert!(!again.to_string().contains("/invite/"), "{again}");
    }
}

#[test]
fn a_printed_link_sets_the_first_password() {
    let (from, to) = (source(), target());
    let file = carry(&from, &to, "json");
    let text = to.ok(&["auth", "import", "--format", "json", &file]);
    let line = text
        .lines()
        .find(|line| line.starts_with("ann@example.org: "))
        .unwrap();
    let token = line.rsplit('/').next().unwrap();
    let auth = to.auth();
    assert!(sign_in(&auth, "ann@example.org", "another good one").is_err());
    let password = Password::new("another good one").unwrap();
    let origin = Origin::local(Via::Web);
    let accepted = auth
        .invites()
        .accept(token, &password, Transport::Cookie, &origin);
    assert!(accepted.is_ok(), "{accepted:?}");
    let _ = complete(&auth, "ann@example.org", "another good one");
    assert!(
        !text.contains("gone@example.org: "),
        "no link for who is not let in"
    );
}

#[test]
fn somebody_else_of_the_same_name_is_a_conflict_and_nothing_changes() {
    let (from, to) = (
        source(),
        Place::with_users(&[("ann@example.org", "viewer")]),
    );
    let file = carry(&from, &to, "json");
    let before = to.everything();
    let import = ["auth", "import", "--format", "json", &file];
    let run = to.run(&[&import[..], &["--json"]].concat());
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.err.contains("import_conflict") && run.err.contains("ann@example.org"));
    assert_eq!(to.everything(), before);
    let done = to.json(&[&import[..], &["--skip-conflicts"]].concat());
    assert_eq!(done["counts"]["conflict"], 1);
    assert_eq!(to.user("ann@example.org")["role"], "viewer");
    assert_eq!(to.user(ADMIN)["status"], "active");
}

#[test]
fn what_is_no_export_is_refused_and_what_does_not_fit_is_named() {
    let place = Place::ready();
    let write = |text: &str| fs::write(place.path().join("file"), text).unwrap();
    let import = |format| ["auth", "import", "--format", format, "file"];
    place.fails(3, &["auth", "import", "--format", "json", "nowhere"]);
    place.fails(2, &["auth", "import", "file"]);
    place.fails(2, &["auth", "import", "dango", "file", "--format", "json"]);
    for (format, text) in [
        ("json", "{"),
        ("json", "[]"),
        ("csv", "a,b\n1,2\n"),
        ("csv", "username\n\u{fffd},2\n"),
    ] {
        write(text);
        place.fails(6, &import(format));
    }
    write(
        r#"{"users": [{"username": "king", "role": "king"}, {"username": "a b"}, {"username": "ann"},
        {"username": "zoe", "workspace_access": {"all": false, "grants": [{"workspace": "all", "role": "viewer"}]}}]}"#,
    );
    let done = place.json(&import("json"));
    assert_eq!(
        done["counts"],
        json!({"add": 1, "already_here": 0, "conflict": 0, "skip": 3})
    );
    let reasons: Vec<&str> = done["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["reason"].as_str())
        .collect();
    assert!(reasons[0].contains("there is no role king"), "{reasons:?}");
    write("username,role,workspace_access\nbob,viewer,ops:operator\n");
    assert_eq!(place.json(&import("csv"))["counts"]["add"], 1);
    let grants = json!([{"workspace": "ops", "role": "operator"}]);
    assert_eq!(place.user("bob")["workspace_access"]["grants"], grants);
}
