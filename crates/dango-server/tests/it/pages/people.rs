//! Other people's accounts.

use dango_auth::core::audit::{EventName, Via};
use dango_auth::users::Confirmation;

use super::Visitor;
use crate::harness::{PASSWORD, Server};

#[test]
fn a_person_is_added_once_when_the_click_arrives_twice() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    let fields = [
        ("email", "bo@example.org"),
        ("role", "editor"),
        ("do", "save"),
    ];
    admin
        .open("/settings/users/new")
        .send("/new", &fields)
        .shows("Invitation ready");
    let link = admin.at_id("secret");
    admin.send_again("/settings/users/new");
    assert_eq!(admin.at_id("secret"), link);
    assert_eq!(server.events(EventName::USER_CREATED).len(), 1);
    admin.open("/settings/users/new").send(
        "/new",
        &[("email", "admin"), ("first", "password"), ("do", "save")],
    );
    admin
        .is_at(409, "/settings/users/new")
        .shows("Somebody has this name or email already.");
    admin
        .shows("value=\"admin\"")
        .shows("value=\"password\" checked");
}

#[test]
fn a_temporary_password_lets_in_and_has_to_be_changed() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    let fields = [("email", "bo"), ("first", "password"), ("do", "save")];
    admin
        .open("/settings/users/new")
        .send("/new", &fields)
        .shows("Temporary password ready");
    let password = admin.at_id("secret");
    let mut bo = Visitor::new(&server);
    bo.open("/login")
        .send("/login", &[("login", "bo"), ("password", &password)]);
    bo.is_at(200, "/settings/account/password");
}

#[test]
fn role_and_workspaces_count_at_the_next_request() {
    let server = Server::start();
    let bo = server.person("bo", "viewer");
    let (mut admin, mut page) = (
        Visitor::signed_in(&server, "admin"),
        Visitor::signed_in(&server, "bo"),
    );
    let path = format!("/settings/users/{}", bo.id);
    page.open("/").hides("source.sync");
    admin
        .open(&path)
        .send("/access", &[("role", "editor"), ("do", "save")])
        .shows("Role and workspaces are saved.");
    page.open("/").shows("source.sync");
    admin
        .send("/access", &[("access", "some"), ("do", "more")])
        .is_at(200, &format!("{path}/access"));
    assert_eq!(
        admin.html().matches("name=\"workspace\"").count(),
        2,
        "one line more, nothing saved"
    );
    let some = [
        ("access", "some"),
        ("workspace", "finance"),
        ("workspace_role", "operator"),
        ("do", "save"),
    ];
    admin
        .open(&path)
        .send("/access", &some)
        .shows("finance (operator)");
    page.open("/").shows("finance").shows("operator");
    admin.send("/access", &[("workspace", "no spaces"), ("do", "save")]);
    admin
        .is_at(400, &format!("{path}/access"))
        .shows("id=\"access-error\"")
        .shows("value=\"no spaces\"");
    admin
        .open(&path)
        .send("/access", &[("do", "save")])
        .shows("Nothing was different");
}

#[test]
fn a_stale_form_says_what_changed_and_saves_nothing() {
    let server = Server::start();
    let bo = server.person("bo", "viewer");
    let path = format!("/settings/users/{}", bo.id);
    let (mut first, mut second) = (
        Visitor::signed_in(&server, "admin"),
        Visitor::signed_in(&server, "admin"),
    );
    first.open(&path);
    second
        .open(&path)
        .send("/access", &[("role", "operator"), ("do", "save")]);
    first.send("/access", &[("role", "editor"), ("do", "save")]);
    first
        .is_at(412, &format!("{path}/access"))
        .shows("Role: operator, was viewer");
    first
        .shows("<option value=\"editor\" selected>")
        .send("/access", &[("do", "save")]);
    first
        .is_at(200, &path)
        .shows("Role and workspaces are saved.");
}

#[test]
fn the_last_administrator_and_oneself_are_explained_in_place_and_refused_all_the_same() {
    let server = Server::start();
    let mut admin = Visitor::signed_in(&server, "admin");
    let me = { admin.open("/settings/users").id_in("/settings/users/") };
    let path = format!("/settings/users/{me}");
    admin.open(&format!("{path}?open=deactivate"));
    admin
        .shows("This is the last administrator who can sign in, so role and access stay")
        .shows("You cannot do this to your own account.");
    assert!(!admin.offers("/deactivate") && !admin.offers("/delete"));
    admin
        .send("/access", &[("role", "viewer"), ("do", "save")])
        .is_at(409, &format!("{path}/access"));
    admin.shows("This is the last administrator who can sign in.");
    let other = server.person("bo", "admin");
    admin
        .open(&format!("/settings/users/{}", other.id))
        .send("/access", &[]);
    admin.open(&path).hides("the last administrator");
    let mut forger = Visitor::signed_in(&server, "admin");
    let (_, fields) = forger
        .open(&format!("/settings/users/{}", other.id))
        .form("/deactivate");
    let token = &fields
        .iter()
        .find(|(name, _)| name == "csrf_token")
        .unwrap()
        .1;
    forger
        .forge(&format!("{path}/deactivate"), token)
        .is_at(409, &format!("{path}/deactivate"));
    forger.shows("You cannot do this to your own account.");
}

#[test]
fn acts_end_access_at_once_and_a_second_click_does_no_harm() {
    let server = Server::start();
    let bo = server.person("bo", "viewer");
    let path = format!("/settings/users/{}", bo.id);
    let (mut admin, mut page) = (
        Visitor::signed_in(&server, "admin"),
        Visitor::signed_in(&server, "bo"),
    );
    page.open("/").is_at(200, "/");
    admin
        .open(&path)
        .send("/end-sessions", &[])
        .is_at(200, &path)
        .shows("All sessions of this person have ended.");
    page.open("/").is_at(200, "/login?next=/");
    admin
        .send("/deactivate", &[])
        .shows("The account is deactivated");
    admin
        .send_again(&format!("{path}/deactivate"))
        .is_at(200, &path)
        .shows("Nothing was different");
    page.send("/login", &[("login", "bo"), ("password", PASSWORD)])
        .is_at(400, "/login");
    admin
        .send("/reactivate", &[])
        .shows("The account is active again.");
    admin
        .send("/reset-password", &[])
        .shows("Temporary password ready");
    let password = admin.at_id("secret");
    admin.send_again(&format!("{path}/reset-password"));
    assert_eq!(admin.at_id("secret"), password, "one click, one password");
}

#[test]
fn deleting_needs_the_name_typed() {
    let server = Server::start();
    let bo = server.person("bo@example.org", "viewer");
    let path = format!("/settings/users/{}", bo.id);
    let mut admin = Visitor::signed_in(&server, "admin");
    admin
        .open(&path)
        .send("/delete", &[("confirm", "bo")])
        .is_at(400, &format!("{path}/delete"));
    admin.shows("This is not the name. Type it exactly.");
    admin
        .send("/delete", &[("confirm", "BO@example.org")])
        .is_at(200, "/settings/users");
    admin
        .shows("The account is deleted.")
        .hides("bo@example.org");
    admin
        .send_again(&format!("{path}/delete"))
        .is_at(200, "/settings/users");
    admin
        .open(&path)
        .is_at(404, &path)
        .shows("There is nothing here");
}

#[test]
fn an_account_that_is_gone_meanwhile_is_a_friendly_page() {
    let server = Server::start();
    let bo = server.person("bo", "viewer");
    let path = format!("/settings/users/{}", bo.id);
    let mut admin = Visitor::signed_in(&server, "admin");
    admin.open(&path);
    let system = server.auth.local_caller(Via::Cli);
    let _ = server
        .auth
        .users()
        .delete(&system, bo.id, &Confirmation::Given)
        .unwrap();
    admin
        .send("/access", &[("role", "editor"), ("do", "save")])
        .is_at(404, &format!("{path}/access"));
}

#[test]
fn search_filter_order_and_pages_stand_in_the_address() {
    let server = Server::start();
    for number in 0..60 {
        server.person(
            &format!("person{number:02}"),
            if number == 7 { "editor" } else { "viewer" },
        );
    }
    let mut admin = Visitor::signed_in(&server, "admin");
    admin
        .open("/settings/users")
        .shows("40 people on this page")
        .shows("person38")
        .hides("person39");
    assert!(
        admin.html().len() < 50 * 1024,
        "{} bytes",
        admin.html().len()
    );
    let next = admin.html().split("rel=\"next\"").next().unwrap();
    let next = next
        .rsplit("href=\"")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    admin
        .open(&next)
        .shows("person59")
        .hides("person38")
        .shows("First page");
    admin
        .open("/settings/users?q=SON1&role=viewer")
        .shows("10 people")
        .shows("person19")
        .hides("person07");
    admin
        .open("/settings/users?role=editor")
        .shows("1 person on this page")
        .shows("person07");
    admin
        .open("/settings/users?q=%25")
        .shows("Nobody matches this filter.");
    admin
        .open("/settings/users?sort=added&status=active")
        .shows("<option value=\"added\" selected>");
    admin.open("/users").is_at(200, "/settings/users");
}
