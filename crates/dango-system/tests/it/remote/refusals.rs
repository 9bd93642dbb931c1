//! What can go wrong between a laptop and a server, each with its exit code and its next step.

use dango_testkit::certificates::Authority;

use super::{Laptop, Site, proxy};
use crate::installation::{ADMIN, Installation, Run};

#[test]
fn a_certificate_of_another_authority_is_refused_and_nothing_is_sent() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let Some(other) = Authority::create() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let Some(impostor) = proxy(site.server.url(), &other) else {
        return;
    };
    let key = site
        .place
        .json(&["auth", "key", "create", ADMIN, "--name", "second"]);
    let words = ["remote", "add", "other", &impostor.url(), "--ca-file"];
    let ca = site.authority.file();
    let mut add = laptop.command(&[&words[..], &[ca.to_str().unwrap()]].concat());
    let run = Run::of(add.env("DANGO_REMOTE_KEY", key["key"].as_str().unwrap()));
    assert_eq!(run.code, 0, "{run:?}");
    let refused = laptop.fails(8, &["auth", "list-users", "--remote", "other"]);
    assert_eq!(refused["code"], "certificate_refused");
    assert!(refused["next_step"].as_str().unwrap().contains("--ca-file"));
    let several = laptop.fails(2, &["remote", "auth", "list-users"]);
    assert_eq!(several["code"], "which_remote");
    let _ = laptop.json(&["remote", "auth", "list-users", "--remote", "prod"]);
}

#[test]
fn without_the_authority_a_certificate_of_ones_own_is_refused() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = Laptop::new();
    laptop.add("prod", &site.nginx.url(), &site.key(ADMIN));
    let refused = laptop.fails(8, &["remote", "auth", "list-users"]);
    assert_eq!(refused["code"], "certificate_refused");
}

#[test]
fn a_viewers_key_lists_nobody_and_changes_nothing() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let admin = site.server.admin();
    let _ = crate::people::make(&admin, "vera", "viewer");
    let laptop = site.laptop("vera");
    let refused = laptop.fails(4, &["remote", "auth", "add-user", "eve@example.org"]);
    assert_eq!(refused["code"], "permission_denied");
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("users.manage")
    );
    assert!(
        refused["next_step"]
            .as_str()
            .unwrap()
            .contains("remote login prod")
    );
    let refused = laptop.fails(4, &["remote", "auth", "list-users"]);
    assert!(refused["message"].as_str().unwrap().contains("users.view"));
}

#[test]
fn a_key_that_is_over_is_told_and_another_takes_its_place() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let fresh = site
        .place
        .json(&["auth", "key", "create", ADMIN, "--name", "fresh"]);
    let sql = "UPDATE api_keys SET expires_at = 1 WHERE name = 'laptop'";
    site.place.sql(sql);
    let refused = laptop.fails(4, &["remote", "auth", "list-users"]);
    assert_eq!(refused["code"], "unauthenticated");
    assert!(
        refused["message"].as_str().unwrap().contains("expired"),
        "{refused}"
    );

    let mut login = laptop.command(&["remote", "login", "prod", "--json"]);
    let run = Run::of(login.env("DANGO_REMOTE_KEY", fresh["key"].as_str().unwrap()));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains(ADMIN), "{run:?}");
    let _ = laptop.json(&["remote", "auth", "list-users"]);
    let id = fresh["id"].as_str().unwrap();
    let _ = site.place.ok(&["auth", "key", "revoke", id]);
    assert_eq!(
        laptop.fails(4, &["remote", "auth", "list-users"])["code"],
        "unauthenticated"
    );
}

#[test]
fn a_key_that_the_server_does_not_accept_is_not_stored() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let gone = site
        .place
        .json(&["auth", "key", "create", ADMIN, "--name", "gone"]);
    let _ = site
        .place
        .ok(&["auth", "key", "revoke", gone["id"].as_str().unwrap()]);
    let mut login = laptop.command(&["remote", "login", "prod"]);
    let run = Run::of(login.env("DANGO_REMOTE_KEY", gone["key"].as_str().unwrap()));
    assert_eq!(run.code, 4, "{run:?}");
    let _ = laptop.json(&["remote", "auth", "list-users"]);
}

#[test]
fn keys_are_not_made_with_keys() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let create = [
        "remote", "auth", "key", "create", ADMIN, "--name", "another",
    ];
    let refused = laptop.fails(4, &create);
    assert_eq!(refused["code"], "session_required");
    assert_eq!(
        laptop
            .json(&["remote", "auth", "key", "list"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn rules_refuse_from_afar_as_they_do_on_the_server() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let rules: [(i32, &[&str]); 5] = [
        (5, &["auth", "change-role", ADMIN, "viewer"]),
        (5, &["auth", "add-user", ADMIN]),
        (2, &["auth", "change-role", ADMIN, "king"]),
        (6, &["auth", "add-user", "nonsense@"]),
        (6, &["auth", "config", "set", "nonsense", "1"]),
    ];
    for (code, words) in rules {
        let far = laptop.fails(code, &[words, &["--remote", "prod"]].concat());
        let near = site.place.run(&[words, &["--json"]].concat());
        let near: serde_json::Value = serde_json::from_str(&near.err).unwrap();
        assert_eq!(far, near, "{words:?}");
    }
}

#[test]
fn a_server_that_is_away_is_told_with_the_proxy_and_without() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let key = site
        .place
        .json(&["auth", "key", "create", ADMIN, "--name", "direct"]);
    laptop.add("direct", site.server.url(), key["key"].as_str().unwrap());
    let _ = laptop.json(&["auth", "list-users", "--remote", "direct"]);
    assert!(site.server.stop().success());
    for name in ["prod", "direct"] {
        let refused = laptop.fails(8, &["auth", "list-users", "--remote", name]);
        assert_eq!(refused["code"], "unreachable", "{refused}");
    }
    let text = laptop.run(&["auth", "list-users", "--remote", "direct"]);
    assert!(text.err.contains("next: "), "{text:?}");
}

#[test]
fn too_many_requests_are_told_with_the_time_to_wait() {
    let place = Installation::on_sqlite();
    let place = place.with("DANGO_AUTH__RATE_LIMIT__API__REQUESTS", "3");
    let Some(site) = Site::open(place) else {
        return;
    };
    let laptop = site.laptop(ADMIN);
    let list = ["remote", "auth", "roles", "list"];
    for _ in 0..3 {
        let _ = laptop.json(&list);
    }
    let refused = laptop.fails(7, &list);
    assert_eq!(refused["code"], "rate_limited");
    assert!(
        refused["remaining_seconds"].as_u64().unwrap() <= 60,
        "{refused}"
    );
}

#[test]
fn what_is_no_server_of_ours_is_told() {
    let Some(authority) = Authority::create() else {
        return;
    };
    let nothing = "location / { return 404; }\nlocation /api/roles { return 302 https://elsewhere.example/; }";
    let certificate = authority.certify();
    let Some(nginx) = dango_testkit::nginx::Nginx::start_with_tls(nothing, &certificate) else {
        return;
    };
    let place = Installation::on_sqlite().ready();
    let key = place.json(&["auth", "key", "create", ADMIN, "--name", "laptop"]);
    let laptop = Laptop::new();
    let words = ["remote", "add", "prod", &nginx.url(), "--ca-file"];
    let mut add = laptop.command(&[&words[..], &[authority.file().to_str().unwrap()]].concat());
    let run = Run::of(add.env("DANGO_REMOTE_KEY", key["key"].as_str().unwrap()));
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        laptop.fails(8, &["remote", "auth", "list-users"])["code"],
        "not_dango"
    );
    assert_eq!(
        laptop.fails(8, &["remote", "auth", "roles", "list"])["code"],
        "redirected"
    );
}

#[test]
fn an_older_server_is_told_by_its_own_description() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let Some(authority) = Authority::create() else {
        return;
    };
    let older = format!(
        "location = /api/openapi.json {{ default_type application/json; return 200 '{{\"paths\": {{}}}}'; }}
         location = /api/admin/status {{ return 404; }}
         location / {{ proxy_pass {}; proxy_set_header Host $http_host; }}",
        site.server.url()
    );
    let certificate = authority.certify();
    let Some(nginx) = dango_testkit::nginx::Nginx::start_with_tls(&older, &certificate) else {
        return;
    };
    let laptop = Laptop::new();
    let words = ["remote", "add", "old", &nginx.url(), "--ca-file"];
    let mut add = laptop.command(&[&words[..], &[authority.file().to_str().unwrap()]].concat());
    let run = Run::of(add.env("DANGO_REMOTE_KEY", site.key(ADMIN)));
    assert_eq!(run.code, 0, "{run:?}");
    let refused = laptop.fails(8, &["remote", "auth", "status"]);
    assert_eq!(refused["code"], "server_too_old");
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("/api/admin/status")
    );
}
