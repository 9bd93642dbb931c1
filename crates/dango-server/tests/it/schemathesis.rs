//! `schemathesis`, a tester of its own mind, against the served OpenAPI document.

use std::process::Command;

use dango_testkit::programs::Program;
use dango_testkit::{skip, variables};

use crate::harness::Server;

/// Whoever asks and what is left out for them.
struct Visit {
    title: &'static str,
    credential: fn(&Server) -> String,
    /// Routes that end the session it asks with, or lock its owner out of everything else.
    left_out: &'static str,
}

const VISITS: [Visit; 2] = [
    Visit {
        title: "with an administrator's API key",
        credential: |server| server.key("admin"),
        left_out: "^/api/admin/settings$",
    },
    Visit {
        title: "with an administrator's session",
        credential: |server| server.token("admin"),
        left_out: "logout|change-password|2fa/(setup|verify-setup)|revoke-others|admin/settings",
    },
];

#[test]
fn schemathesis_finds_nothing() {
    let Some(program) = skip::unless_installed(Program::Schemathesis) else {
        return;
    };
    let thorough = variables::is_on(variables::THOROUGH);
    let examples = if thorough { "100" } else { "5" };
    for visit in VISITS {
        let server = Server::start();
        let authorization = format!("Authorization: Bearer {}", (visit.credential)(&server));
        let output = Command::new(&program)
            .arg("run")
            .arg(format!("{}/api/openapi.json", server.url()))
            .args(["--header", &authorization])
            .args(["--exclude-path-regex", visit.left_out])
            .args(["--phases", "examples,coverage,fuzzing"])
            .args(["--max-examples", examples, "--no-color"])
            // Rules between members and wrong passwords cannot stand in a schema; and a second, invalid
            // credential does not undo the valid one of every request here.
            .args(["--exclude-checks", "positive_data_acceptance,ignored_auth"])
            .env("NO_PROXY", "*")
            .current_dir(std::env::temp_dir())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {said}", visit.title);
        let summary = said.find("SUMMARY").map_or(said.as_ref(), |at| &said[at..]);
        println!("{}: {summary}", visit.title);
    }
}
