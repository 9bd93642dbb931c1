//! The own account.

use dango_auth::core::audit::EventName;

use super::Visitor;
use super::entry::enrol;
use crate::harness::{PASSWORD, Server};

#[test]
fn a_session_is_ended_from_another_browser() {
    let server = Server::start();
    let mut here = Visitor::through_the_door(&server, "admin");
    let mut there = Visitor::through_the_door(&server, "admin");
    here.open("/settings/account").shows("This session");
    here.send("/end", &[])
        .is_at(200, "/settings/account#sessions")
        .shows("The session has ended.");
    there
        .open("/settings/account")
        .is_at(200, "/login?next=/settings/account");
    let mut third = Visitor::through_the_door(&server, "admin");
    here.open("/settings/account")
        .send("/end-others", &[])
        .shows("All your other sessions have ended.");
    third.open("/").is_at(200, "/login?next=/");
    here.open("/settings/account")
        .hides("All your other sessions have ended.");
}

#[test]
fn what_happened_since_the_sign_in_before_is_told_after_signing_in() {
    let server = Server::start();
    let said = "attempt to sign in as you failed";
    Visitor::through_the_door(&server, "admin")
        .open("/")
        .hides(said);
    server.clock.advance(chrono::Duration::minutes(1));
    let mut guesser = Visitor::new(&server);
    guesser.open("/login").send(
        "/login",
        &[("login", "admin"), ("password", "a-wrong-guess")],
    );
    server.clock.advance(chrono::Duration::minutes(1));
    Visitor::through_the_door(&server, "admin")
        .open("/")
        .shows("1 attempt to sign in as you failed")
        .hides("your password or second factor was changed");
    server.clock.advance(chrono::Duration::minutes(1));
    Visitor::through_the_door(&server, "admin")
        .open("/")
        .hides(said);
}

#[test]
fn a_new_key_is_shown_once_also_when_the_click_arrives_twice() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    admin
        .open("/settings/account")
        .send("/api-keys", &[("name", "nightly <b>"), ("role", "viewer")]);
    let key = admin.at_id("secret");
    admin
        .shows(&format!("Bearer {key}"))
        .send_again("/settings/account/api-keys");
    assert_eq!(admin.at_id("secret"), key);
    assert_eq!(server.events(EventName::API_KEY_CREATED).len(), 1);
    admin
        .open("/settings/account")
        .hides(&key)
        .shows("At most viewer")
        .shows("nightly <b>");
    admin.send(
        "/api-keys",
        &[("name", "nightly <b>"), ("workspaces", "ops")],
    );
    admin.is_at(400, "/settings/account/api-keys");
    admin
        .shows("There is no workspace ops")
        .shows("value=\"ops\"");
    admin.send("/api-keys", &[("workspaces", "")]);
    admin.is_at(409, "/settings/account/api-keys");
    admin
        .shows("You have a key with this name already.")
        .send("/revoke", &[])
        .shows("The key is revoked.");
    admin.hides(&key[..12]);
}

#[test]
fn a_password_is_changed_and_other_browsers_are_signed_out() {
    let server = Server::start();
    let mut here = Visitor::through_the_door(&server, "admin");
    let mut there = Visitor::through_the_door(&server, "admin");
    here.open("/.well-known/change-password")
        .is_at(200, "/settings/account?open=password#password");
    here.send(
        "/password",
        &[("current", "wrong"), ("password", "another long phrase")],
    );
    here.is_at(400, "/settings/account/password")
        .shows("This is not your current password.");
    here.send(
        "/password",
        &[("current", PASSWORD), ("password", "admin123")],
    )
    .shows("id=\"change-password-error\"");
    here.send(
        "/password",
        &[("current", PASSWORD), ("password", "another long phrase")],
    );
    here.is_at(200, "/settings/account")
        .shows("Your password is changed.");
    there.open("/").is_at(200, "/login?next=/");
}

#[test]
fn the_second_factor_goes_off_with_password_and_code_only() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    let (key, _) = enrol(&server, &mut admin);
    admin
        .open("/settings/account")
        .shows("10 recovery codes left");
    admin.send("/disable", &[("password", PASSWORD), ("code", "000000")]);
    admin
        .is_at(400, "/settings/account/second-factor/disable")
        .shows("id=\"off-code-error\"");
    let seed = dango_auth::core::totp::TotpSeed::from_base32(&key.replace(' ', "")).unwrap();
    let step = dango_auth::core::totp::step_at(dango_auth::Clock::now(&*server.clock));
    let code = dango_auth::core::totp::code_at(&seed, step);
    admin
        .send("/disable", &[("password", PASSWORD), ("code", &code)])
        .shows("The second factor is off.");
}
