//! What holds on every page: policy, language, theme, static files, forms that come too late.

use dango_testkit::http::{Client as _, Request};

use super::Visitor;
use crate::harness::Server;

const PAGES: [&str; 9] = [
    "/",
    "/settings/account",
    "/settings/users",
    "/settings/users/new",
    "/settings/roles",
    "/settings/workspaces",
    "/settings/audit",
    "/settings/auth",
    "/nothing/here",
];

#[test]
fn every_page_carries_the_nonce_of_its_policy_and_nothing_inline() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    for path in PAGES {
        admin.open(path);
        let policy = admin.header("content-security-policy").to_owned();
        let nonce = policy
            .split("script-src 'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap();
        let (all, ours) = (
            admin.html().matches("nonce=\"").count(),
            admin.html().matches(&format!("nonce=\"{nonce}\"")).count(),
        );
        assert_eq!((all, ours), (2, 2), "{path}: one stylesheet, one script");
        assert!(
            !admin.html().contains(" style=") && !admin.html().contains("<style"),
            "{path}"
        );
        assert_eq!(admin.header("cache-control"), "no-store", "{path}");
        assert_eq!(
            admin.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
    }
}

#[test]
fn a_viewer_is_shown_friendly_refusals_and_no_way_to_them() {
    let server = Server::start();
    server.person("bo", "viewer");
    let mut bo = Visitor::signed_in(&server, "bo");
    bo.open("/")
        .hides("/settings/users")
        .hides("/settings/audit")
        .hides("/settings/auth\"");
    for path in [
        "/settings/users",
        "/settings/users/new",
        "/settings/audit",
        "/settings/auth",
    ] {
        bo.open(path).is_at(403, path).shows("You may not do this");
    }
    bo.open("/nothing/here")
        .is_at(404, "/nothing/here")
        .shows("There is nothing here");
}

#[test]
fn a_form_that_came_too_late_is_given_back_with_what_was_typed() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    admin.open("/settings/workspaces");
    admin.send(
        "/workspaces",
        &[("name", "typed"), ("csrf_token", "expired")],
    );
    admin
        .is_at(403, "/settings/workspaces")
        .shows("Check and send again")
        .shows("value=\"typed\"");
    admin
        .send("/workspaces", &[])
        .is_at(200, "/settings/workspaces")
        .shows("The workspace is created.");
    let mut late = Visitor::new(&server);
    late.open("/login").send(
        "/login",
        &[
            ("login", "admin"),
            ("password", "secret words"),
            ("csrf_token", ""),
        ],
    );
    late.is_at(403, "/login")
        .shows("value=\"admin\"")
        .hides("secret words");
}

#[test]
fn a_form_from_another_site_is_refused_and_not_given_back() {
    let server = Server::start();
    let admin = Visitor::signed_in(&server, "admin");
    let request = Request::new("POST", "/settings/workspaces")
        .header("Accept", "text/html")
        .header("Sec-Fetch-Site", "cross-site")
        .form(&[("name", "planted")]);
    let answer = admin.client().send(request).expect(403);
    assert!(!answer.text().contains("planted"));
}

#[test]
fn the_language_is_the_readers_and_english_is_the_rest() {
    let server = Server::start();
    let mut visitor = Visitor::new(&server);
    visitor
        .open_with("/login", &[("Accept-Language", "de-AT,en;q=0.5")])
        .shows("<html lang=\"de\"")
        .shows("Anmelden");
    visitor
        .open_with("/login", &[("Accept-Language", "fr")])
        .shows("<html lang=\"en\"")
        .shows("Sign in");
}

#[test]
fn the_chosen_look_is_there_at_the_first_paint() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    admin
        .open("/settings/roles")
        .hides("data-theme")
        .send("/theme", &[("theme", "dark")]);
    admin
        .is_at(200, "/settings/roles")
        .shows("data-theme=\"dark\"");
    admin
        .send("/theme", &[("theme", "system")])
        .hides("data-theme");
    admin
        .send("/theme", &[("theme", "light"), ("back", "//evil.example")])
        .is_at(200, "/");
}

#[test]
fn static_files_are_kept_for_ever_under_their_own_name_only() {
    let server = Server::start();
    let mut visitor = Visitor::new(&server);
    let html = visitor.open("/login").html().to_owned();
    for kind in ["css", "js", "svg"] {
        let path = html
            .split('"')
            .find(|part| part.starts_with("/static/") && part.ends_with(kind))
            .unwrap();
        let answer = server.anonymous().get(path).expect(200);
        assert_eq!(
            answer.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert!(answer.text().len() < 40 * 1024);
    }
    let _ = server.anonymous().get("/static/dango.css").expect(404);
    let _ = server.anonymous().get("/settings/users/x.css").expect(401);
}

#[test]
fn names_from_people_are_text_wherever_they_stand() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    let hostile = "<script>alert(1)</script>";
    admin
        .open("/settings/workspaces")
        .send("/workspaces", &[("name", "one"), ("description", hostile)]);
    admin.open("/settings/workspaces").shows(hostile);
    assert!(!admin.html().contains(hostile));
    admin
        .open("/settings/users?q=%3Cscript%3Ealert(1)%3C/script%3E")
        .shows(hostile);
    assert!(!admin.html().contains(hostile));
}
