//! A team's first days, step by step, with and without script.

use dango_browser::{Browser, Script};
use dango_testkit::http::Client as _;

use super::door::{accept, enrol, invite, set_up, sign_in};
use crate::installation::Installation;
use crate::people::verify;
use crate::server::Server;

#[test]
fn a_team_settles_in() {
    team_settles_in(Script::On);
}

#[test]
fn a_team_settles_in_without_script() {
    team_settles_in(Script::Off);
}

fn team_settles_in(script: Script) {
    let place = Installation::on_sqlite();
    let server = place.server(0);
    let Some(ann) = server.window(script) else {
        return;
    };
    let bo = server.window(script).unwrap();
    set_up(ann.open("/").is_at("/setup"), "ann@example.org").shows("Your role is admin");
    let link = invite(&ann, "bo@example.org", "viewer");
    accept(&bo, &link).shows("Your role is viewer");
    bo.open(&link).shows("This link does not work");

    a_new_role_counts_at_once(&ann, &bo);
    let (app, codes) = enrol(&bo, script);
    let phone = server.window(script).unwrap();
    sign_in(&phone, "bo@example.org").is_at("/login/code");
    phone.fill("Code", &app.code(0)).press("Sign in").is_at("/");
    let tablet = server.window(script).unwrap();
    sign_in(&tablet, "bo@example.org").follow("Use a recovery code instead");
    tablet
        .fill("Recovery code", &codes[3])
        .press("Sign in")
        .is_at("/");
    drop(tablet);

    a_script_uses_a_key(&server, &bo, script);
    a_session_is_ended_from_another_browser(&bo, &phone);
    the_log_has_all_of_it(&ann);
    the_last_administrator_stays(&ann);
    assert!(server.stop().success());
}

fn a_new_role_counts_at_once(ann: &Browser, bo: &Browser) {
    bo.open("/settings/users").shows("You may not do this");
    ann.open("/settings/users").follow("bo@example.org");
    ann.choose("Role everywhere", "manager");
    ann.press("Save role and workspaces")
        .shows("Role and workspaces are saved.");
    bo.open("/").shows("Your role is manager");
    // A fresh page, so that the words below are about the second change.
    ann.open("/settings/users").follow("bo@example.org");
    ann.choose("Role everywhere", "developer");
    ann.press("Save role and workspaces")
        .shows("Role and workspaces are saved.");
    bo.reload().shows("Your role is developer");
}

fn a_script_uses_a_key(server: &Server, bo: &Browser, script: Script) {
    bo.open("/settings/account").shows("You have no API keys.");
    bo.unfold("Create an API key").fill("Name", "nightly sync");
    bo.choose("Rights at most", "viewer").press("Create key");
    bo.shows("Key created").shows("Shown once.");
    let key = bo.text_of("#secret").unwrap();
    let sync = server.bearer(&key);
    let _ = verify(&sync, "source.view").expect(204);
    let _ = verify(&sync, "source.manage").expect(403);
    let _ = verify(&server.bearer("dango_ak_no"), "source.view").expect(401);
    bo.follow("To your account")
        .shows("nightly sync")
        .hides(&key);
    // Uses are written together once a second.
    bo.reload_until_gone("Not yet");
    bo.unfold("Revoke nightly sync");
    // With script the question is a dialog over the page, without it is part of the page.
    assert_eq!(bo.text_of("dialog").is_some(), script == Script::On);
    bo.press("Revoke key").shows("The key is revoked.");
    let _ = sync.get("/api/auth/me").expect(401);
}

fn a_session_is_ended_from_another_browser(bo: &Browser, phone: &Browser) {
    phone.open("/settings/account").shows("This session");
    bo.open("/settings/account").press("End other sessions");
    bo.shows("All your other sessions have ended.");
    phone.reload().is_at("/login?next=/settings/account");
}

fn the_log_has_all_of_it(ann: &Browser) {
    ann.open("/settings/audit");
    for event in [
        "Set up",
        "Person added",
        "Invitation accepted",
        "Refused",
        "Role changed",
        "Second factor on",
        "Recovery code used",
        "Signed in",
        "API key created",
        "API key revoked",
        "Sessions ended",
    ] {
        ann.shows(event);
    }
    ann.follow("Check the whole log").shows("Whole");
}

fn the_last_administrator_stays(ann: &Browser) {
    ann.open("/settings/users").follow("ann@example.org");
    ann.shows(
        "This is the last administrator who can sign in, so role and access stay as they are.",
    );
    ann.choose("Role everywhere", "viewer")
        .press("Save role and workspaces");
    ann.shows("This is the last administrator who can sign in.");
    ann.unfold("Deactivate")
        .shows("You cannot do this to your own account.");
    ann.open("/").shows("Your role is admin");
}
