//! Roles, workspaces, audit and settings.

use dango_auth::core::audit::EventName;

use super::Visitor;
use crate::harness::Server;

#[test]
fn roles_show_the_matrix_and_explain_a_decision() {
    let server = Server::start();
    server.scoped("bo", &[("finance", "operator")]);
    let mut admin = Visitor::signed_in(&server, "admin");
    let ask = |workspace: &str| {
        format!("/settings/roles?person=bo&permission=source.sync&workspace={workspace}")
    };
    admin
        .open(&ask("finance"))
        .shows("Yes.")
        .shows("bo is operator in this workspace");
    admin
        .open(&ask("other"))
        .shows("No.")
        .shows("bo has no access to this workspace.");
    admin.open(&ask("")).shows("No.");
    admin
        .open("/settings/roles?person=ghost&permission=source.sync")
        .shows("Nobody has this name.");
    let mut bo = Visitor::signed_in(&server, "bo");
    bo.open("/settings/roles")
        .shows("source.sync")
        .hides("Why may somebody do something?");
}

#[test]
fn a_workspace_is_made_renamed_and_deleted() {
    let server = Server::start();
    server.scoped("bo", &[("finance", "operator")]);
    let mut admin = Visitor::signed_in(&server, "admin");
    admin
        .open("/settings/workspaces")
        .send("/workspaces", &[("name", "all"), ("description", "kept")]);
    admin
        .is_at(400, "/settings/workspaces")
        .shows("value=\"kept\"");
    admin
        .send("/workspaces", &[("name", "research")])
        .shows("The workspace is created.");
    admin
        .send("/workspaces", &[("name", "research")])
        .is_at(409, "/settings/workspaces");
    admin.shows("A workspace has this name already.");
    let id = {
        admin
            .open("/settings/workspaces")
            .id_in("/settings/workspaces/")
    };
    let path = format!("/settings/workspaces/{id}");
    admin
        .open(&path)
        .shows("bo")
        .send(&id, &[("name", "money")])
        .is_at(200, &path)
        .shows("The workspace is saved.");
    let mut bo = Visitor::signed_in(&server, "bo");
    bo.open("/settings/workspaces")
        .shows("money")
        .hides("research")
        .hides("Create a workspace");
    bo.open(&path)
        .is_at(403, &path)
        .shows("You may not do this");
    admin
        .send("/delete", &[("confirm", "finance")])
        .is_at(400, &format!("{path}/delete"));
    admin
        .send("/delete", &[("confirm", "money")])
        .is_at(200, "/settings/workspaces");
    bo.open("/").shows("You have no workspace yet.");
}

#[test]
fn a_stale_workspace_form_saves_nothing() {
    let server = Server::start();
    let (mut first, mut second) = (
        Visitor::signed_in(&server, "admin"),
        Visitor::signed_in(&server, "admin"),
    );
    first
        .open("/settings/workspaces")
        .send("/workspaces", &[("name", "one")]);
    let id = first.id_in("/settings/workspaces/");
    let path = format!("/settings/workspaces/{id}");
    first.open(&path);
    second.open(&path).send(&id, &[("description", "theirs")]);
    first
        .send(&id, &[("description", "mine")])
        .is_at(412, &path)
        .shows("Somebody changed this workspace");
    first.open(&path).shows("theirs");
}

#[test]
fn the_log_is_filtered_drawn_exported_and_checked() {
    let server = Server::start();
    let mut admin = Visitor::through_the_door(&server, "admin");
    Visitor::new(&server)
        .open("/login")
        .send("/login", &[("login", "mallory"), ("password", "guess")]);
    admin
        .open("/settings/audit")
        .shows("Sign-in failed")
        .shows("Today")
        .shows("<svg");
    admin.shows("1 sign-ins and 1 failures");
    admin
        .open("/settings/audit?type=login_failed&actor=mallory")
        .shows("mallory")
        .shows("type=login%5Ffailed");
    admin
        .hides("Set up</span>")
        .open("/settings/audit?actor=nobody")
        .shows("No events match this filter.");
    admin
        .open("/settings/audit?ip=nonsense")
        .is_at(400, "/settings/audit?ip=nonsense");
    admin
        .shows("value=\"nonsense\"")
        .shows("must be an IP address");
    admin.open("/settings/audit?chain=check").shows("Whole");
}

#[test]
fn rules_are_changed_with_their_origin_and_only_where_they_differ() {
    let server = Server::with(&[("DANGO_AUTH__INVITE_HOURS", "48")]);
    let mut admin = Visitor::signed_in(&server, "admin");
    admin
        .open("/settings/auth")
        .shows("from the variable DANGO_AUTH__INVITE_HOURS");
    admin.send("/auth", &[]).shows("Nothing was different");
    admin
        .send("/auth", &[("idle_timeout_minutes", "0")])
        .is_at(400, "/settings/auth");
    admin
        .shows("id=\"idle_timeout_minutes-error\"")
        .send("/auth", &[("idle_timeout_minutes", "700")]);
    admin
        .shows("The rules are saved.")
        .shows("set here by admin");
    assert_eq!(server.events(EventName::SETTINGS_CHANGED).len(), 1);
}
