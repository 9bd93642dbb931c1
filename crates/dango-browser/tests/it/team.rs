//! Pages about the team, for its administrator.

use crate::stage::{KOFI, MAI, Stage};
use crate::visit;

#[test]
fn pages_about_people_are_easy_to_use() {
    let stage = Stage::set();
    let Some(mut visitor) = visit::signed_in(&stage, MAI) else {
        return;
    };
    visitor.window.open("/settings/users");
    visitor.sees("users");
    visitor.window.unfold("Actions kofi");
    visitor.sees("users-menu");
    visitor
        .window
        .open("/settings/users?q=zzz")
        .shows("Nobody matches this filter.");
    visitor.sees("users-none");
    visitor.window.open("/settings/users").follow(KOFI);
    visitor.sees("user");
    visitor
        .window
        .unfold("Delete")
        .fill(&format!("Type {KOFI} to confirm"), "kofi")
        .press("Delete account");
    visitor.window.shows("This is not the name.");
    visitor.sees("user-delete");
    visitor
        .window
        .open("/settings/users")
        .follow(MAI)
        .unfold("Deactivate");
    visitor.sees("user-last-admin");
    visitor
        .window
        .open("/settings/users")
        .follow("Add person")
        .tick("Only in these workspaces");
    visitor.sees("user-new");
    visitor
        .window
        .open("/settings/users/new")
        .fill("Email or username", KOFI)
        .press("Add person");
    visitor
        .window
        .shows("Somebody has this name or email already.");
    visitor.sees("user-new-refused");
    visitor
        .window
        .fill("Email or username", "nadia@harbour.example")
        .press("Add person");
    visitor.window.shows("Invitation ready");
    visitor.sees("invitation-made");
}

#[test]
fn pages_about_roles_and_workspaces_are_easy_to_use() {
    let stage = Stage::set();
    let Some(mut visitor) = visit::signed_in(&stage, MAI) else {
        return;
    };
    visitor
        .window
        .open("/settings/roles")
        .fill("Person", KOFI)
        .choose("Permission", "dbt.run");
    visitor
        .window
        .fill("Workspace", "sales")
        .press("Explain")
        .shows("Yes.");
    visitor.sees("roles");
    visitor.window.open("/settings/workspaces");
    visitor.sees("workspaces");
    visitor
        .window
        .follow("finance")
        .unfold("Delete this workspace");
    visitor.sees("workspace");
    visitor
        .window
        .open("/settings/workspaces")
        .follow("logistics");
    visitor.sees("workspace-empty");
}

#[test]
fn pages_about_rules_and_the_log_are_easy_to_use() {
    let stage = Stage::set();
    let Some(mut visitor) = visit::signed_in(&stage, MAI) else {
        return;
    };
    visitor.window.open("/settings/audit");
    visitor.sees("audit");
    visitor.window.unfold("Account locked");
    visitor.sees("audit-event");
    visitor
        .window
        .open("/settings/audit?actor=nobody")
        .shows("No events match this filter.");
    visitor.sees("audit-none");
    visitor
        .window
        .open("/settings/audit?chain=check")
        .shows("Whole");
    visitor.sees("audit-checked");
    visitor.window.open("/settings/auth");
    visitor.sees("settings");
    visitor
        .window
        .follow("Everybody without a second factor")
        .shows(KOFI);
    assert!(!visitor.window.text_of("table").unwrap().contains(MAI));
    visitor.window.open("/settings/auth");
    visitor
        .window
        .fill("Failed tries until the lock", "many")
        .press("Save rules");
    visitor.window.shows("Nothing is saved yet.");
    visitor.sees("settings-refused");
}
