//! The site behind a real nginx, with the configuration as it stands.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::process::Command;

use dango_testkit::binaries;
use dango_testkit::http::{Anonymous, Client as _, Request, WithBearer, WithCookies};
use dango_testkit::nginx::Nginx;
use dango_testkit::process::Running;
use serde_json::json;

const PASSWORD: &str = "correct horse battery";

fn signed_in(url: &str, name: &str) -> WithCookies {
    let client = WithCookies::new(url);
    let body = json!({"email": name, "password": PASSWORD});
    let _ = client
        .send(Request::new("POST", "/api/auth/login").json(&body))
        .expect(200);
    client
}

#[test]
fn a_static_site_gets_sign_in_and_two_levels_of_rights() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(binaries::dango_server());
    command
        .current_dir(folder.path())
        .args(["--listen", "127.0.0.1:0"])
        .env("DANGO_AUTH__HASHING__MEMORY_KIB", "7168")
        .env("DANGO_AUTH__HASHING__ITERATIONS", "5")
        .env("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1");
    let server = Running::start(&mut command);
    let line = server.wait_for_line("/setup?token=");
    let (own, setup_token) = line.trim().split_once("/setup?token=").unwrap();
    let setup = json!({"username": "admin", "password": PASSWORD, "setupToken": setup_token});
    let made = Anonymous::new(own)
        .post("/api/v1/auth/setup", &setup)
        .expect(200)
        .json();
    let admin = WithBearer::new(own, made["token"].as_str().unwrap());
    let vic = json!({"username": "vic", "password": PASSWORD, "role": "viewer"});
    let _ = admin.post("/api/v1/users", &vic).expect(201);

    let block = include_str!("../site.conf")
        .replace("include dango.conf", "include @folder@/dango.conf")
        .replace("/srv/site", "@folder@/site");
    let included =
        include_str!("../dango.conf").replace("127.0.0.1:8800", own.trim_start_matches("http://"));
    let files = [
        ("dango.conf", included.as_str()),
        ("site/index.html", include_str!("../site/index.html")),
        (
            "site/admin/index.html",
            include_str!("../site/admin/index.html"),
        ),
    ];
    let Some(nginx) = Nginx::start(&block, &files) else {
        return;
    };
    let lost = Anonymous::new(&nginx.url()).get("/").expect(302);
    let address = lost.header("location").unwrap();
    let path = address.trim_start_matches(&nginx.url());
    let vic = signed_in(&nginx.url(), "vic");
    assert!(vic.get("/").expect(200).text().contains("Reports"));
    let refused = vic.get("/admin/").status;
    let admin = signed_in(&nginx.url(), "admin");
    assert!(admin.get("/admin/").expect(200).text().contains("Platform"));
    let shown = format!("302 {path}\n200 Reports\n{refused}\n200 Platform\n");
    assert!(
        include_str!("../README.md").contains(&shown),
        "the README lacks:\n{shown}"
    );
}
