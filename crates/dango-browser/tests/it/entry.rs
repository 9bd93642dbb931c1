//! Pages for people who are not signed in.

use dango_browser::axe::Axe;

use crate::harness::{PASSWORD, Server};
use crate::stage::{MAI, SOFIA, Stage};
use crate::visit;

#[test]
fn a_page_that_is_hard_to_use_is_found() {
    let server = Server::bare(&[]);
    let (Some(visitor), Some(axe)) = (visit::stranger(&server), Axe::load()) else {
        return;
    };
    visitor
        .window
        .open("data:text/html,<html lang=en><title>x</title><main><h1>x</h1><img src=x></main>");
    let found = axe.violations(&visitor.window);
    assert!(
        found.len() == 1 && found[0].contains("image-alt"),
        "{found:?}"
    );
}

#[test]
fn the_first_page_of_all_is_easy_to_use() {
    let server = Server::bare(&[]);
    let Some(mut visitor) = visit::stranger(&server) else {
        return;
    };
    visitor.window.open("/").is_at("/setup");
    visitor.sees("setup");
    visitor
        .window
        .fill("Email or username", MAI)
        .fill("Password", "short");
    visitor
        .window
        .press("Create the administrator")
        .shows("at least 8 characters");
    visitor.sees("setup-refused");
}

#[test]
fn pages_of_the_door_are_easy_to_use() {
    let stage = Stage::set();
    let Some(mut visitor) = visit::stranger(&stage.server) else {
        return;
    };
    visitor.window.open("/login");
    visitor.sees("login");
    visitor
        .window
        .fill("Username or email", MAI)
        .fill("Password", "not quite")
        .press("Sign in");
    visitor
        .window
        .shows("The username or the password is wrong.");
    visitor.sees("login-wrong");
    visitor
        .window
        .fill("Username or email", MAI)
        .fill("Password", PASSWORD)
        .press("Sign in");
    visitor.window.is_at("/login/code");
    visitor.sees("login-code");
    visitor
        .window
        .follow("Use a recovery code instead")
        .fill("Recovery code", "lost it")
        .press("Sign in");
    visitor.window.shows("This recovery code does not match");
    visitor.sees("login-recovery-wrong");
    for _ in 0..6 {
        visitor
            .window
            .open("/login")
            .fill("Username or email", "guest@harbour.example");
        visitor.window.fill("Password", "guess").press("Sign in");
    }
    visitor.window.shows("Too many failed tries.");
    visitor.sees("login-locked");
}

#[test]
fn pages_that_refuse_are_easy_to_use() {
    let stage = Stage::set();
    let Some(mut visitor) = visit::stranger(&stage.server) else {
        return;
    };
    visitor
        .window
        .open("/invite/dango_inv_unknown")
        .shows("This link does not work");
    visitor.sees("invite-gone");
    visitor
        .window
        .open("/nothing/here")
        .shows("There is nothing here");
    visitor.sees("not-found");
    visitor
        .window
        .open("/login")
        .fill("Username or email", MAI)
        .fill("Password", PASSWORD);
    visitor.window.forget_cookie("dango_visit").press("Sign in");
    visitor.window.shows("What you typed is still here");
    visitor.sees("form-expired");
    let link = stage.invites(SOFIA);
    visitor.window.open(&link).shows("Welcome");
    visitor.sees("invite");
    visitor
        .window
        .fill("Password", PASSWORD)
        .press("Set password and sign in")
        .is_at("/");
    visitor
        .window
        .open("/settings/users")
        .shows("You may not do this");
    visitor.sees("forbidden");
}
