//! A permission and roles of one's own, added through `policy.toml` alone: in the command line, the API, the
//! pages, keys and workspaces, and what is left when the file loses them again.

use dango_testkit::http::{Client as _, WithBearer, WithCookies};
use serde_json::{Value, json};

use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};
use crate::people::{make, verify};
use crate::server::Server;

on_both_databases![
    a_role_from_the_file_works_everywhere,
    a_role_that_the_file_lost_gives_no_rights_and_is_shown,
];

const POLICY: &str = r#"
[[domains]]
name = "reports"
title = "Reports for customers"

[[permissions]]
name = "report.publish"
domain = "reports"
description = "Publish reports to customers."

[[roles]]
name = "publisher"
title = "Publisher"
description = "Shows customers what they paid for."
includes = ["viewer"]
permissions = ["report.publish"]
"#;

fn with_policy(place: Installation) -> Installation {
    let place = place.ready();
    std::fs::write(place.file("policy.toml"), POLICY).unwrap();
    place
}

fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|each| each["name"].as_str().unwrap()).collect()
}

/// Asks whether somebody may do something, and expects this status.
#[track_caller]
fn answers(client: &WithBearer, permission: &str, status: u16) {
    let answer = verify(client, permission);
    assert_eq!(answer.status, status, "{permission}: {}", answer.text());
}

fn page(browser: &WithCookies, path: &str) -> String {
    browser.get(path).expect(200).text()
}

fn a_role_from_the_file_works_everywhere(place: Installation) {
    let place = with_policy(place);
    in_the_command_line(&place);
    let server = place.server(0);
    let id = in_the_api(&server);
    in_keys(&place, &server);
    in_the_pages(&server, &id);
}

fn in_the_command_line(place: &Installation) {
    let roles = place.json(&["auth", "roles", "list"]);
    assert_eq!(names(&roles).last(), Some(&"publisher"));
    let shown = place.json(&["auth", "roles", "show", "publisher"]);
    assert_eq!(shown["permissions"].as_array().unwrap().len(), 9);
    let checked = place.json(&["auth", "roles", "check"]);
    assert_eq!(checked["permissions"], json!(["report.publish"]));
    assert_eq!(checked["roles"], json!(["publisher"]));
    place.ok(&["auth", "add-user", "pat@example.org", "--role", "publisher"]);
    let words = ["auth", "explain", "pat@example.org", "report.publish"];
    assert_eq!(place.json(&words)["allowed"], true);
    let words = ["auth", "explain", ADMIN, "report.publish"];
    assert_eq!(
        place.json(&words)["allowed"],
        true,
        "admin holds every permission"
    );
    place.ok(&["auth", "add-user", "gil@example.org"]);
    let words = [
        "auth",
        "grant",
        "gil@example.org",
        "sales",
        "publisher",
        "--only",
    ];
    place.ok(&words);
    let words = ["auth", "explain", "gil@example.org", "report.publish"];
    assert_eq!(place.json(&words)["allowed"], false);
    let words = [&words[..], &["--workspace", "sales"]].concat();
    assert_eq!(place.json(&words)["allowed"], true);
}

/// Answers the id of a publisher, Paula.
fn in_the_api(server: &Server) -> String {
    let admin = server.admin();
    let roles = admin.get("/api/roles").expect(200).json();
    assert!(names(&roles).contains(&"publisher"), "{roles}");
    let permissions = admin.get("/api/permissions").expect(200).json();
    assert!(
        names(&permissions).contains(&"report.publish"),
        "{permissions}"
    );
    let id = make(&admin, "paula", "publisher");
    let paula = server.bearer(&server.token("paula", PASSWORD));
    let me = paula.get("/api/auth/me").expect(200).json();
    let held = me["permissions"].as_array().unwrap();
    assert!(held.contains(&json!("report.publish")), "{me}");
    answers(&paula, "report.publish", 204);
    answers(&paula, "users.manage", 403);
    answers(&paula, "report.publsh", 400);
    make(&admin, "vic", "viewer");
    let vic = server.bearer(&server.token("vic", PASSWORD));
    answers(&vic, "report.publish", 403);
    id
}

fn in_keys(place: &Installation, server: &Server) {
    let browser = server.browser("paula", PASSWORD);
    let limits = [
        ("whole", json!({"name": "whole"}), 204),
        ("less", json!({"name": "less", "role": "viewer"}), 403),
    ];
    for (name, body, expected) in limits {
        let key = browser.post("/api/auth/api-keys", &body).expect(200).json();
        let key = server.bearer(key["key"].as_str().unwrap());
        let answer = verify(&key, "report.publish");
        assert_eq!(answer.status, expected, "{name}");
    }
    let words = [
        "auth",
        "key",
        "create",
        ADMIN,
        "--name",
        "ci",
        "--role",
        "publisher",
    ];
    let key = place.json(&words);
    let key = server.bearer(key["key"].as_str().unwrap());
    answers(&key, "report.publish", 204);
    answers(&key, "users.manage", 403);
}

fn in_the_pages(server: &Server, id: &str) {
    let admin = server.browser(ADMIN, PASSWORD);
    let matrix = page(&admin, "/settings/roles");
    for part in [
        "publisher",
        "report.publish",
        "Reports for customers",
        "Publish reports to customers.",
    ] {
        assert!(matrix.contains(part), "no `{part}` in the matrix");
    }
    let person = page(&admin, &format!("/settings/users/{id}"));
    assert!(
        person.contains(r#"<option value="publisher" selected>"#),
        "{person}"
    );
    assert!(
        page(&server.browser("paula", PASSWORD), "/").contains("Publish reports to customers.")
    );
}

fn a_role_that_the_file_lost_gives_no_rights_and_is_shown(place: Installation) {
    let place = with_policy(place);
    let first = place.server(0);
    let id = make(&first.admin(), "paula", "publisher");
    first.stop();
    std::fs::remove_file(place.file("policy.toml")).unwrap();

    let server = place.server(0);
    let paula = server.bearer(&server.token("paula", PASSWORD));
    let me = paula.get("/api/auth/me").expect(200).json();
    assert_eq!(me["role"], "publisher");
    assert_eq!(me["permissions"], json!([]));
    answers(&paula, "source.view", 403);
    answers(&paula, "report.publish", 400);

    let run = place.run(&["auth", "roles", "check"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.out.contains("publisher"), "{run:?}");
    let run = place.run(&["auth", "list-users"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.err.contains("does not know the role publisher"),
        "{run:?}"
    );
    let why = place.json(&["auth", "explain", "paula", "source.view"]);
    let why = why["explanation"].as_str().unwrap();
    assert!(
        why.contains("the policy does not know the role publisher"),
        "{why}"
    );
    let status = place.json(&["auth", "status"]);
    assert!(
        status["warnings"].to_string().contains("role publisher"),
        "{status}"
    );

    let admin = server.browser(ADMIN, PASSWORD);
    for path in ["/settings/users", &format!("/settings/users/{id}")] {
        assert!(
            page(&admin, path).contains("publisher (not in the policy"),
            "{path}"
        );
    }
    assert!(
        page(&server.browser("paula", PASSWORD), "/")
            .contains("The policy does not know this role")
    );

    // Another role mends it, at once.
    place.ok(&["auth", "change-role", "paula", "viewer"]);
    answers(&paula, "source.view", 204);
}

#[test]
fn a_policy_with_a_typing_error_stops_command_and_server_with_file_line_and_suggestion() {
    let place = Installation::on_sqlite().ready();
    let text =
        "[[roles]]\nname = \"auditor\"\nincludes = [\"viewer\"]\npermissions = [\"audit.veiw\"]\n";
    std::fs::write(place.file("policy.toml"), text).unwrap();
    let run = place.run(&["auth", "list-users"]);
    assert_eq!(run.code, 6, "{run:?}");
    let mut server = dango_testkit::process::Running::start(&mut place.server_command(0));
    assert_eq!(server.wait().code(), Some(6));
    for said in [run.err, server.output()] {
        for part in [
            ".dango/policy.toml: line 4",
            "audit.veiw",
            "did you mean \"audit.view\"?",
        ] {
            assert!(said.contains(part), "no `{part}` in {said}");
        }
    }
    let run = place.run(&["auth", "roles", "check"]);
    assert_eq!(run.code, 6, "{run:?}");

    // Looked at before it is put into force.
    let draft = place.home(0).join("draft.toml");
    std::fs::write(&draft, text.replace("veiw", "view")).unwrap();
    let checked = place.json(&["auth", "roles", "check", "draft.toml"]);
    assert_eq!(checked["roles"], json!(["auditor"]));
}
