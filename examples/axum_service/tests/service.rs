//! The service as a client meets it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::process::Command;

use dango_testkit::binaries;
use dango_testkit::http::{Anonymous, Client as _, WithBearer};
use dango_testkit::process::Running;
use serde_json::json;

const PASSWORD: &str = "correct horse battery";

fn cheap(command: &mut Command) -> &mut Command {
    command
        .env("DANGO_AUTH__HASHING__MEMORY_KIB", "7168")
        .env("DANGO_AUTH__HASHING__ITERATIONS", "5")
}

/// What joins a framework and dango-auth is small enough to be seen at once.
#[test]
fn the_readme_shows_the_glue_as_it_is_and_it_has_ten_lines() {
    let (readme, program) = (include_str!("../README.md"), include_str!("../src/main.rs"));
    let glue = program
        .split_once("struct From(Sender);\n")
        .and_then(|(_, rest)| rest.split_once("\n}\n"))
        .map(|(block, _)| format!("struct From(Sender);\n{block}\n}}\n"))
        .unwrap();
    assert!(readme.contains(&glue), "the README lacks:\n{glue}");
    let lines = glue.lines().filter(|line| !line.trim().is_empty());
    assert!(lines.count() <= 10, "{glue}");
}

#[test]
fn somebody_signs_in_and_is_let_through_until_the_role_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let dango = |words: &[&str]| {
        let mut command = Command::new(binaries::dango());
        cheap(command.args(words).current_dir(folder.path())).env("DANGO_ADMIN_PASSWORD", PASSWORD);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    dango(&["init", "--skip-wizard"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-axum-service"));
    cheap(command.arg(folder.path()).arg("127.0.0.1:0"));
    let process = Running::start(&mut command);
    let line = process.wait_for_line("the service listens on ");
    let url = line.rsplit(' ').next().unwrap();

    let anonymous = Anonymous::new(url);
    assert_eq!(
        anonymous.get("/reports").expect(401).code(),
        "unauthenticated"
    );
    let wrong = json!({"login": "admin@localhost", "password": "wrong password"});
    assert_eq!(
        anonymous.post("/login", &wrong).expect(401).code(),
        "invalid_credentials"
    );
    let right = json!({"login": "admin@localhost", "password": PASSWORD});
    let lost = anonymous.get("/reports").expect(401);
    assert_eq!(
        lost.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(
        lost.header("www-authenticate"),
        Some(r#"Bearer realm="dango""#)
    );
    let token = anonymous.post("/login", &right).expect(200).json();
    let admin = WithBearer::new(url, token["token"].as_str().unwrap());
    assert_eq!(
        admin.get("/reports").expect(200).json()["for"],
        "admin@localhost"
    );

    // A key of somebody else, and what a command changes counts from the next request on.
    let key = [
        "auth",
        "key",
        "create",
        "admin@localhost",
        "--name",
        "ci",
        "--json",
    ];
    let made: serde_json::Value = serde_json::from_str(&dango(&key)).unwrap();
    let by_key = WithBearer::new(url, made["key"].as_str().unwrap());
    assert_eq!(by_key.get("/reports").status, 200);
    dango(&["auth", "add-user", "vic@example.org", "--password"]);
    dango(&["auth", "sessions", "revoke", "admin@localhost", "--yes"]);
    assert_eq!(admin.get("/reports").status, 401);
    let audit = dango(&["auth", "audit", "--json", "--type", "login_failed"]);
    assert_eq!(audit.lines().count(), 1, "{audit}");
}
