//! Pages about oneself.

use crate::harness::PASSWORD;
use crate::stage::{KOFI, MAI, Stage, TOMAS};
use crate::visit;

#[test]
fn ones_own_pages_are_easy_to_use() {
    let stage = Stage::set();
    let Some(mut visitor) = visit::signed_in(&stage, MAI) else {
        return;
    };
    visitor.sees("home");
    visitor
        .window
        .open("/settings/account")
        .unfold("Create an API key");
    visitor
        .window
        .fill("Name", "nightly sync")
        .choose("Rights at most", "viewer")
        .press("Create key");
    visitor.window.shows("Key created");
    visitor.sees("key-created");
    visitor
        .window
        .follow("To your account")
        .shows("nightly sync");
    visitor.sees("account");
    visitor
        .window
        .unfold("Revoke nightly sync")
        .shows("This cannot be undone.");
    visitor.sees("account-revoke");
    visitor.window.press("Cancel").unfold("Change password");
    visitor
        .window
        .fill("Current password", "not quite")
        .fill("New password", "short")
        .press("Change password");
    visitor.window.shows("This is not your current password.");
    visitor.sees("account-wrong-password");
}

#[test]
fn switching_on_the_second_factor_is_easy() {
    let stage = Stage::set();
    let Some(mut visitor) = visit::signed_in(&stage, TOMAS) else {
        return;
    };
    visitor.window.open("/settings/account/second-factor");
    visitor.sees("factor");
    visitor
        .window
        .fill("Your password", PASSWORD)
        .press("Start")
        .unfold("Enter a key instead");
    visitor.sees("factor-scan");
    let key = visitor.window.text_of("#manual-key").unwrap();
    visitor
        .window
        .fill("Code from the app", "000000")
        .press("Switch on");
    visitor.window.shows("This code does not match.");
    visitor.sees("factor-wrong");
    visitor
        .window
        .fill("Code from the app", &stage.code_of(&key))
        .press("Switch on");
    visitor.window.shows("Keep your recovery codes");
    visitor.sees("factor-codes");
}

#[test]
fn a_person_of_two_workspaces_finds_their_way() {
    let stage = Stage::set();
    let Some(mut visitor) = visit::signed_in(&stage, KOFI) else {
        return;
    };
    visitor.sees("home-scoped");
    visitor.window.open("/settings/roles");
    visitor.sees("roles-plain");
    visitor.window.open("/settings/workspaces");
    visitor.sees("workspaces-plain");
}

#[test]
fn what_has_to_be_done_first_is_easy() {
    let stage = Stage::set();
    let _ = stage.server.must_change("nadia@harbour.example", "viewer");
    let Some(mut visitor) = visit::stranger(&stage.server) else {
        return;
    };
    visitor
        .window
        .open("/login")
        .fill("Username or email", "nadia@harbour.example");
    visitor
        .window
        .fill("Password", PASSWORD)
        .press("Sign in")
        .shows("Choose your own password");
    visitor.sees("required-password");
}
