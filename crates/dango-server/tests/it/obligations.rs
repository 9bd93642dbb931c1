//! What people with a pending obligation can do: fulfil it, and nothing else (contract §3.5).

use dango_server::route::Route;
use dango_testkit::http::{Client, Request, Response};
use serde_json::json;

use crate::harness::{PASSWORD, Server};

const ID: &str = "00000000-0000-4000-8000-000000000000";

fn call(client: &impl Client, route: &Route) -> Response {
    let path = route.path.replace("{id}", ID);
    let request = Request::new(route.method.as_str(), &path).same_origin();
    let request = if route.draft().body.is_some() {
        request.json(&json!({}))
    } else {
        request
    };
    client.send(request)
}

fn guarded() -> Vec<Route> {
    let all = dango_server::routes::all().into_iter();
    all.filter(|route| route.requirement != dango_auth_actix::Requirement::EVERYBODY)
        // Somebody on the machine itself may look without credentials.
        .filter(|route| route.operation != "metrics")
        // Last, because it ends the session.
        .filter(|route| !route.path.ends_with("/logout"))
        .collect()
}

fn walk(client: &impl Client, code: &str, by_key: bool) {
    let routes = guarded();
    assert!(routes.len() > 50, "{}", routes.len());
    for route in routes {
        let answer = call(client, &route);
        if route.requirement.while_obliged && !by_key {
            assert!(
                ![401, 403].contains(&answer.status),
                "{route:?}: {}",
                answer.text()
            );
        } else {
            assert_eq!(answer.status, 403, "{route:?}: {}", answer.text());
            assert_eq!(answer.code(), code, "{route:?}");
        }
    }
}

#[test]
fn somebody_who_must_change_the_password_can_do_that_and_nothing_else() {
    let server = Server::start();
    server.must_change("root@example.org", "admin");
    let browser = server.browser("root@example.org");
    walk(&browser, "password_change_required", false);
    let body = json!({"current_password": PASSWORD, "new_password": "another good one"});
    let _ = browser.post("/api/auth/change-password", &body).expect(200);
    let _ = browser.get("/api/admin/users").expect(200);
}

#[test]
fn a_token_is_held_to_it_as_well() {
    let server = Server::start();
    server.must_change("root@example.org", "admin");
    walk(
        &server.script("root@example.org"),
        "password_change_required",
        false,
    );
}

#[test]
fn an_api_key_of_somebody_obliged_can_do_nothing_at_all() {
    let server = Server::start();
    let key = server.key("admin");
    server.person("other@example.org", "admin");
    let me = server
        .browser("admin")
        .get("/api/auth/me")
        .expect(200)
        .json();
    let path = format!(
        "/api/admin/users/{}/reset-password",
        me["id"].as_str().unwrap()
    );
    let _ = server
        .browser("other@example.org")
        .post(&path, &json!({}))
        .expect(200);
    let script = dango_testkit::http::WithBearer::new(server.url(), &key);
    walk(&script, "password_change_required", true);
}

#[test]
fn where_a_second_factor_is_required_nothing_works_before_it_is_set_up() {
    let server = Server::start();
    let admin = server.browser("admin");
    let _ = admin
        .put("/api/admin/settings", &json!({"require_2fa": true}))
        .expect(200);
    walk(&admin, "second_factor_setup_required", false);
}

#[test]
fn the_password_comes_before_the_second_factor() {
    let server = Server::with(&[("DANGO_AUTH__REQUIRE_2FA", "true")]);
    server.must_change("root@example.org", "admin");
    let browser = server.browser("root@example.org");
    assert_eq!(
        browser.get("/api/roles").expect(403).code(),
        "password_change_required"
    );
    let body = json!({"current_password": PASSWORD, "new_password": "another good one"});
    let _ = browser.post("/api/auth/change-password", &body).expect(200);
    assert_eq!(
        browser.get("/api/roles").expect(403).code(),
        "second_factor_setup_required"
    );
}

#[test]
fn logging_out_works_whatever_is_pending() {
    let server = Server::start();
    server.must_change("root@example.org", "admin");
    let browser = server.browser("root@example.org");
    let _ = browser.post("/api/auth/logout", &json!({})).expect(200);
    let script = server.script("root@example.org");
    let _ = script.post("/api/v1/auth/logout", &json!({})).expect(204);
}
