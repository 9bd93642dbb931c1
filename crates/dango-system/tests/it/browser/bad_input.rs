//! What goes wrong between people and pages: forms that changed, waited too long or came twice, and names
//! that are no names.

use dango_browser::{Browser, DESKTOP, Look, Script, Theme};

use super::door::{accept, invite, set_up};
use crate::installation::Installation;
use crate::server::Server;

const ANN: &str = "ann@example.org";
const BO: &str = "bo@example.org";

/// A server with an administrator in a window.
fn begin(place: &Installation) -> Option<(Server, Browser)> {
    let server = place.server(0);
    let ann = server.window(Script::On)?;
    set_up(ann.open("/"), ANN);
    Some((server, ann))
}

fn key_form<'a>(window: &'a Browser, name: &str) -> &'a Browser {
    window
        .open("/settings/account")
        .unfold("Create an API key")
        .fill("Name", name)
}

#[test]
fn tampered_fields_give_nobody_more_rights() {
    let place = Installation::on_sqlite();
    let Some((_server, ann)) = begin(&place) else {
        return;
    };
    let _ = invite(&ann, BO, "viewer");
    for (field, value) in [
        ("version", "many"),
        ("version", "-1"),
        ("role", "emperor"),
        ("access", "none"),
    ] {
        ann.open("/settings/users")
            .follow(BO)
            .choose("Role everywhere", "admin");
        let tampered = format!(
            "for (const it of document.querySelectorAll('form.narrow [name={field}]')) \
             {{ it.add ? it.selectedOptions[0].value = '{value}' : it.value = '{value}'; }}"
        );
        ann.run(&tampered);
        ann.press("Save role and workspaces")
            .shows("Role and workspaces");
        let bo = &place.json(&["auth", "list-users", "--search", "bo@"])[0];
        assert_eq!(bo["role"], "viewer", "{field}={value}: {}", ann.text());
    }
}

#[test]
fn a_form_about_somebody_who_changed_meanwhile_says_what_changed() {
    let place = Installation::on_sqlite();
    let Some((_server, ann)) = begin(&place) else {
        return;
    };
    let _ = invite(&ann, BO, "viewer");
    ann.open("/settings/users")
        .follow(BO)
        .choose("Role everywhere", "editor");
    place.ok(&["auth", "change-role", BO, "operator"]);
    ann.press("Save role and workspaces")
        .shows("Somebody changed this account");
    ann.shows("Role: operator, was viewer");
    ann.choose("Role everywhere", "editor")
        .press("Save role and workspaces");
    ann.shows("Role and workspaces are saved.");
}

#[test]
fn a_form_of_a_session_that_ended_leads_to_the_door_and_back() {
    let place = Installation::on_sqlite();
    let Some((server, ann)) = begin(&place) else {
        return;
    };
    let bo = server.window(Script::On).unwrap();
    accept(&bo, &invite(&ann, BO, "viewer"));
    key_form(&bo, "nightly sync");
    ann.open("/settings/users")
        .follow(BO)
        .unfold("End all sessions")
        .press("End sessions");
    ann.shows("All sessions of this person have ended.");
    bo.press("Create key").hides("Key created").shows("Sign in");
    assert_eq!(
        place.json(&["auth", "list-users", "--search", "bo@"])[0]["role"],
        "viewer"
    );
    assert!(place.events("api_key_created").is_empty());
}

#[test]
fn a_form_that_comes_twice_makes_one_thing() {
    let place = Installation::on_sqlite();
    let Some((_server, ann)) = begin(&place) else {
        return;
    };
    key_form(&ann, "nightly sync");
    ann.run("const form = document.querySelector('form[action$=\"/api-keys\"]'); form.submit(); form.submit();");
    ann.shows("Key created");
    assert_eq!(place.events("api_key_created").len(), 1);
    ann.open("/settings/users/new")
        .fill("Email or username", BO);
    ann.run("const form = document.querySelector('form.narrow'); form.submit(); form.submit();");
    ann.shows("Invitation ready");
    let link = ann.text_of("#secret").unwrap();
    ann.open(&link).shows("Welcome");
    assert_eq!(place.events("user_created").len(), 1);
}

#[test]
fn an_expired_form_keeps_what_was_typed() {
    let place = Installation::on_sqlite();
    let Some((_server, ann)) = begin(&place) else {
        return;
    };
    ann.open("/settings/users/new")
        .fill("Email or username", BO)
        .choose("Role everywhere", "editor");
    ann.run("for (const it of document.querySelectorAll('[name=csrf_token]')) it.value = 'old';");
    ann.press("Add person")
        .shows("What you typed is still here");
    assert_eq!(ann.property("[name=email]", "value").as_deref(), Some(BO));
    ann.press("Send again").shows("Invitation ready");
    assert_eq!(
        place.json(&["auth", "list-users", "--search", "bo@"])[0]["role"],
        "editor"
    );
}

#[test]
fn names_are_shown_as_text_however_odd_they_are() {
    let place = Installation::on_sqlite();
    let Some((server, ann)) = begin(&place) else {
        return;
    };
    let script = "<script>document.title='x'</script><img src=x onerror=alert(1)>";
    let rtl = "\u{5de}\u{5e4}\u{5ea}\u{5d7} \u{627}\u{644}\u{644}\u{64a}\u{644}\u{64a}";
    let long = "n".repeat(64);
    for name in [script, rtl, &long] {
        key_form(&ann, name)
            .press("Create key")
            .shows("Key created");
        ann.open("/settings/account").shows(name);
    }
    ann.look(Look::screen(Theme::Light, (320, 640)));
    assert_eq!(ann.run("return document.documentElement.scrollWidth;"), 320);
    ann.look(Look::screen(Theme::Light, DESKTOP));
    assert_eq!(
        ann.run("return document.querySelectorAll('main script, main img').length;"),
        0
    );
    // What somebody types at the door ends up in the log.
    let stranger = server.window(Script::On).unwrap();
    stranger
        .open("/login")
        .fill("Username or email", script)
        .fill("Password", "guess");
    stranger
        .press("Sign in")
        .shows("The username or the password is wrong.");
    ann.open("/settings/audit").shows("Sign-in failed");
    assert_eq!(
        ann.run("return document.querySelectorAll('main script, main img').length;"),
        0
    );
}
