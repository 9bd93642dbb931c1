//! Getting in: setup, sign-in, second step, invitations, obligations.

use chrono::Duration;
use dango_auth::Clock as _;
use dango_auth::core::totp::{TotpSeed, code_at, step_at};

use super::Visitor;
use crate::harness::{PASSWORD, Server};

fn code(server: &Server, key: &str) -> String {
    let seed = TotpSeed::from_base32(&key.replace(' ', "")).unwrap();
    code_at(&seed, step_at(server.clock.now()))
}

/// Switches the second factor on through the pages; gives the key and the recovery codes.
pub(super) fn enrol(server: &Server, visitor: &mut Visitor) -> (String, Vec<String>) {
    let page = "/settings/account/second-factor";
    visitor
        .open(page)
        .send("/second-factor", &[("password", PASSWORD)]);
    visitor.shows("data:image/svg+xml;base64,");
    let key = visitor.at_id("manual-key");
    visitor
        .send("/verify", &[("code", &code(server, &key))])
        .shows("Keep your recovery codes");
    let codes = visitor.html().split("<li><code>").skip(1);
    let codes: Vec<String> = codes
        .map(|it| it.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    server.clock.advance(Duration::seconds(60));
    (key, codes)
}

#[test]
fn the_first_visitor_sets_up_and_nobody_after() {
    let server = Server::bare(&[]);
    let mut first = Visitor::new(&server);
    first.open("/").is_at(200, "/setup");
    first.send(
        "/setup",
        &[("login", "ann@example.org"), ("password", "short")],
    );
    first
        .is_at(400, "/setup")
        .shows("ann@example.org")
        .shows("at least 8 characters")
        .hides("\"short\"");
    first
        .send("/setup", &[("password", PASSWORD)])
        .is_at(200, "/")
        .shows("Hello,");
    let mut second = Visitor::new(&server);
    second.open("/setup").is_at(200, "/login");
}

#[test]
fn a_wrong_setup_token_is_asked_for_again() {
    let server = Server::bare(&[]);
    let mut visitor = Visitor::new(&server);
    visitor.open("/setup?token=dango_setup_wrong");
    visitor.send("/setup", &[("login", "ann"), ("password", PASSWORD)]);
    visitor
        .is_at(403, "/setup")
        .shows("This setup token is wrong")
        .shows("value=\"ann\"");
}

#[test]
fn signing_in_leads_where_one_wanted_to_go_and_nowhere_else() {
    let server = Server::start();
    let mut visitor = Visitor::new(&server);
    visitor
        .open("/settings/users?q=a")
        .is_at(200, "/login?next=/settings/users%3Fq%3Da");
    visitor.send("/login", &[("login", "admin"), ("password", PASSWORD)]);
    visitor.is_at(200, "/settings/users?q=a");
    visitor.open("/login").is_at(200, "/");
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/%2fevil.example",
    ] {
        let mut visitor = Visitor::new(&server);
        visitor.open("/login").send(
            "/login",
            &[
                ("login", "admin"),
                ("password", PASSWORD),
                ("next", elsewhere),
            ],
        );
        visitor.is_at(200, "/");
    }
}

#[test]
fn a_failed_sign_in_says_little_and_a_lock_says_how_long() {
    let server = Server::start();
    let mut visitor = Visitor::new(&server);
    let wrong = [("login", "admin"), ("password", "a wrong password")];
    for login in ["admin", "nobody"] {
        visitor
            .open("/login")
            .send("/login", &[("login", login), wrong[1]]);
        visitor
            .is_at(400, "/login")
            .shows("The username or the password is wrong.")
            .hides("a wrong password");
        visitor.shows(&format!("value=\"{login}\""));
    }
    for _ in 0..4 {
        visitor.send("/login", &wrong);
    }
    visitor
        .send("/login", &wrong)
        .is_at(423, "/login")
        .shows("Wait 15 minutes");
    assert_eq!(visitor.header("retry-after"), "900");
}

#[test]
fn the_second_step_takes_a_code_or_a_recovery_code_each_once() {
    let server = Server::start();
    let (key, codes) = enrol(&server, &mut Visitor::signed_in(&server, "admin"));
    let mut visitor = Visitor::through_the_door(&server, "admin");
    visitor
        .is_at(200, "/login/code")
        .send("/login/code", &[("code", "000000")]);
    visitor
        .is_at(400, "/login/code")
        .shows("This code does not match");
    visitor
        .send("/login/code", &[("code", &code(&server, &key))])
        .is_at(200, "/");
    let mut lost = Visitor::through_the_door(&server, "admin");
    lost.open("/login/code?recovery=true")
        .send("/login/code", &[("code", &codes[0])])
        .is_at(200, "/");
    let mut again = Visitor::through_the_door(&server, "admin");
    again
        .open("/login/code?recovery=true")
        .send("/login/code", &[("code", &codes[0])]);
    again
        .is_at(400, "/login/code")
        .shows("This recovery code does not match");
}

#[test]
fn a_second_step_that_took_too_long_starts_again() {
    let server = Server::start();
    let (key, _) = enrol(&server, &mut Visitor::signed_in(&server, "admin"));
    let mut visitor = Visitor::through_the_door(&server, "admin");
    server.clock.advance(Duration::minutes(6));
    visitor.send("/login/code", &[("code", &code(&server, &key))]);
    visitor
        .is_at(200, "/login")
        .shows("This sign-in took too long");
}

#[test]
fn an_invitation_is_used_up_by_accepting_and_not_by_looking() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    admin
        .open("/settings/users/new")
        .send("/new", &[("email", "bo@example.org"), ("do", "save")]);
    let link = admin.at_id("secret");
    let path = link.strip_prefix(server.url()).unwrap();
    for _ in 0..3 {
        Visitor::new(&server)
            .open(path)
            .is_at(200, "/invite")
            .shows("bo@example.org");
    }
    let mut bo = Visitor::new(&server);
    bo.open(path)
        .send("/invite", &[("password", "password")])
        .is_at(400, "/invite");
    assert!(
        !bo.html().contains(path.strip_prefix("/invite/").unwrap()),
        "the page shows the token"
    );
    bo.send("/invite", &[("password", PASSWORD)])
        .is_at(200, "/")
        .shows("bo@example.org");
    assert!(bo.client().cookie("dango_invite").is_none());
    Visitor::new(&server)
        .open(path)
        .is_at(404, "/invite")
        .shows("This link does not work");
    Visitor::new(&server)
        .open("/invite/nonsense%0d%0aSet-Cookie")
        .shows("This link does not work");
}

#[test]
fn obligations_are_steps_one_after_the_other() {
    let server = Server::start();
    server.must_change("bo", "viewer");
    let mut admin = Visitor::signed_in(&server, "admin");
    admin
        .open("/settings/auth")
        .send("/settings/auth", &[("require_2fa", "true")]);
    admin.is_at(200, "/settings/account/second-factor");
    let mut bo = Visitor::through_the_door(&server, "bo");
    bo.is_at(200, "/settings/account/password")
        .shows("Step 1 of 2");
    for path in ["/", "/settings/account", "/settings/roles"] {
        bo.open(path).is_at(200, "/settings/account/password");
    }
    let change = [("current", PASSWORD), ("password", "another long phrase")];
    bo.send("/password", &change)
        .is_at(200, "/settings/account/second-factor");
    bo.send("/second-factor", &[("password", "wrong")])
        .is_at(400, "/settings/account/second-factor");
    bo.send("/second-factor", &[("password", change[1].1)])
        .shows("Add to your app");
    let key = bo.at_id("manual-key");
    bo.send("/verify", &[("code", "000000")])
        .shows("Start again with a new QR code");
    bo.send("/verify", &[("code", &code(&server, &key))])
        .shows("I have kept them");
    bo.open("/").is_at(200, "/");
}
