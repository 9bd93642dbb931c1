//! `schemathesis`, where it is installed, against the served OpenAPI document.

use std::process::Command;

use dango_testkit::{programs, variables};

use crate::harness::Server;

/// Routes that end the session it asks with, or lock its owner out of everything else.
const LEFT_OUT: &str =
    "logout|change-password|2fa|revoke|settings|reset-password|deactivate|workspace-access|role";

#[test]
fn schemathesis_finds_nothing() {
    let Some(program) = programs::on_path("schemathesis") else {
        println!("schemathesis is not installed: pip install schemathesis");
        return;
    };
    let server = Server::start();
    let examples = if variables::is_on(variables::THOROUGH) {
        "100"
    } else {
        "5"
    };
    let authorization = format!("Authorization: Bearer {}", server.token("admin"));
    let output = Command::new(program)
        .arg("run")
        .arg(format!("{}/api/openapi.json", server.url()))
        .args(["--header", &authorization])
        .args(["--exclude-path-regex", LEFT_OUT])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            examples,
        ])
        // Rules between members and wrong passwords cannot stand in a schema; and a second, invalid
        // credential does not undo the valid one of every request here.
        .args(["--exclude-checks", "positive_data_acceptance,ignored_auth"])
        .env("NO_PROXY", "*")
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
}
