//! A PostgreSQL database put away with `pg_dump` and brought back, by the commands of the page.

use std::path::Path;
use std::process::Command;

use dango_testbase::programs::Program;
use dango_testkit::generated;
use dango_testkit::http::Client as _;

use crate::installation::{ADMIN, Installation, PASSWORD};

/// The commands of the page that begin so, as they stand there.
fn commands(begins: &str) -> Vec<String> {
    let page = generated::repository().join("docs/how-to/several-servers.md");
    let page = std::fs::read_to_string(page).unwrap();
    let lines = page.lines().filter_map(|line| line.strip_prefix("$ "));
    let found: Vec<_> = lines
        .filter(|line| line.starts_with(begins))
        .map(str::to_owned)
        .collect();
    assert!(!found.is_empty(), "no {begins} on the page");
    found
}

fn run(place: &Installation, line: &str, folders: &[&Path]) {
    let mut command = Command::new("sh");
    command.args(["-ec", line]).current_dir(place.home(0));
    let database = place.database().unwrap().url();
    command.env("DANGO_DATABASE_URL", database);
    let before = std::env::var_os("PATH").unwrap_or_default();
    let before = std::env::split_paths(&before).collect::<Vec<_>>();
    let folders = folders.iter().map(|folder| folder.to_path_buf());
    command.env("PATH", std::env::join_paths(folders.chain(before)).unwrap());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
}

#[test]
fn a_dump_brings_back_people_sessions_and_an_intact_log() {
    let (Some(place), Some(initdb)) = (Installation::on_postgres(), Program::Initdb.find()) else {
        return;
    };
    let place = place.ready();
    let programs = [initdb.parent().unwrap()];
    let (ann, bob) = ("ann@example.org", "bob@example.org");
    place.ok(&["auth", "add-user", ann, "--role", "editor"]);
    let token = place.server(0).token(ADMIN, PASSWORD);
    let before = place.json(&["auth", "list-users"]);
    for line in commands("pg_dump") {
        run(&place, &line, &programs);
    }
    place.ok(&["auth", "add-user", bob, "--role", "viewer"]);
    place.ok(&["auth", "change-role", ann, "viewer", "--yes"]);
    for line in commands("pg_restore") {
        run(&place, &line, &programs);
    }
    assert_eq!(place.json(&["auth", "list-users"]), before);
    let verified = place.run(&["auth", "audit", "--verify"]);
    let told = verified.code == 5 && verified.err.contains("rolled_back");
    assert!(told, "what was anchored since is missed: {verified:?}");
    for line in commands("mv .dango/audit.anchors") {
        run(&place, &line, &programs);
    }
    place.ok(&["auth", "audit", "--verify"]);
    // Whoever was signed in still is, and the next change is chained to what came back.
    let server = place.server(0);
    let me = server.bearer(&token).get("/api/auth/me");
    assert_eq!(me.status, 200, "{}", me.text());
    place.ok(&["auth", "add-user", bob, "--role", "viewer"]);
    place.ok(&["auth", "audit", "--verify"]);
}
