//! Wrong bodies, for every route that takes one.

mod members;
mod sample;

use dango_server::route::Route;
use dango_testkit::http::{Client as _, Request, Response, WithBearer, WithCookies};

use crate::harness::Server;

/// Every route that takes a JSON body, its path filled with an id that names nothing.
fn writing_routes() -> Vec<(Route, String)> {
    let takes_body = |route: &Route| route.draft().body.is_some();
    let routes = dango_server::routes::all().into_iter().filter(takes_body);
    let path = |route: &Route| {
        route
            .path
            .replace("{id}", "00000000-0000-4000-8000-000000000000")
    };
    routes.map(|route| (route.clone(), path(&route))).collect()
}

struct Writer {
    browser: WithCookies,
}

impl Writer {
    fn send(&self, route: &Route, path: &str, kind: &str, body: Vec<u8>) -> Response {
        let request = Request::new(route.method.as_str(), path)
            .same_origin()
            .body(kind, body);
        self.browser.send(request)
    }

    fn refused(&self, route: &Route, path: &str, body: &[u8], status: u16) -> Response {
        let answer = self.send(route, path, "application/json", body.to_vec());
        let shown = String::from_utf8_lossy(body)
            .chars()
            .take(60)
            .collect::<String>();
        assert_eq!(
            answer.status,
            status,
            "{route:?} {shown}: {}",
            answer.text()
        );
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{route:?}"
        );
        answer
    }
}

#[test]
fn every_writing_route_refuses_wrong_bodies_with_a_problem() {
    let server = Server::start();
    let writer = Writer {
        browser: server.browser("admin"),
    };
    let routes = writing_routes();
    assert!(routes.len() > 25, "{}", routes.len());
    for (route, path) in &routes {
        for body in [
            &b"{"[..],
            b"x",
            b"[]",
            b"[{}]",
            b"\"text\"",
            b"7",
            b"null",
            b"{} {}",
            b"{\"a\":\"\xff\"}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\\ud800\"}",
        ] {
            writer.refused(route, path, body, 400);
        }
        let unknown = br#"{"no_such_member": 1}"#;
        let answer = writer.refused(route, path, unknown, 400);
        assert!(
            ["unknown_member", "invalid_request"].contains(&answer.code().as_str()),
            "{route:?}"
        );
        let named = answer.json()["errors"][0]["field"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(!named.is_empty(), "{route:?}: {}", answer.text());
    }
}

#[test]
fn every_writing_route_names_unknown_and_duplicate_members() {
    let server = Server::start();
    let writer = Writer {
        browser: server.browser("admin"),
    };
    for (route, path) in writing_routes() {
        if route.operation == "changeSettings" {
            continue; // Its members are names of settings, refused by name below.
        }
        let answer = writer.refused(&route, &path, br#"{"no_such_member": 1}"#, 400);
        assert_eq!(answer.code(), "unknown_member", "{route:?}");
        assert_eq!(answer.json()["errors"][0]["field"], "no_such_member");
        let twice = br#"{"no_such_member": 1, "no_such_member": 1}"#;
        let answer = writer.refused(&route, &path, twice, 400);
        assert_eq!(answer.json()["errors"][0]["code"], "duplicate", "{route:?}");
    }
}

#[test]
fn every_writing_route_refuses_large_bodies_and_other_types() {
    let server = Server::start();
    let writer = Writer {
        browser: server.browser("admin"),
    };
    for (route, path) in writing_routes() {
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(64 * 1024));
        let answer = writer.refused(&route, &path, large.as_bytes(), 413);
        assert_eq!(answer.code(), "body_too_large");
        for kind in ["text/plain", "application/x+json", "application/jsonx"] {
            let answer = writer.send(&route, &path, kind, b"{}".to_vec());
            assert_eq!(answer.status, 415, "{route:?} {kind}");
        }
    }
}

#[test]
fn a_script_is_told_the_content_type() {
    let server = Server::start();
    let script = server.script("admin");
    let request = Request::new("POST", "/api/v1/users").body("text/plain", "{}");
    assert_eq!(
        script.send(request).expect(415).code(),
        "unsupported_media_type"
    );
    let request = Request::new("POST", "/api/v1/users");
    let _ = script.send(request).expect(415);
}

/// Members, each with a wrong value and what is said about it.
type Table = &'static [(
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
)];

const FIELDS: Table = &[
    (
        "POST",
        "/api/auth/login",
        r#"{"password":"x"}"#,
        "email",
        "required",
    ),
    (
        "POST",
        "/api/auth/login",
        r#"{"email":7,"password":"x"}"#,
        "email",
        "wrong_type",
    ),
    (
        "POST",
        "/api/auth/login",
        r#"{"email":null,"password":"x"}"#,
        "email",
        "wrong_type",
    ),
    (
        "POST",
        "/api/admin/users",
        r#"{"email":"a@b.org","generate_password":"true"}"#,
        "generate_password",
        "wrong_type",
    ),
    (
        "POST",
        "/api/admin/users",
        r#"{"email":"a@b.org","workspace_access":[true,[]]}"#,
        "workspace_access",
        "wrong_type",
    ),
    (
        "POST",
        "/api/admin/users",
        r#"{"email":"a@b.org","workspace_access":{"grants":[["ops","viewer"]]}}"#,
        "workspace_access.grants[0]",
        "wrong_type",
    ),
    (
        "POST",
        "/api/admin/users",
        r#"{"email":"a@b.org","workspace_access":{"all":true,"x":1}}"#,
        "workspace_access.x",
        "unknown",
    ),
    (
        "POST",
        "/api/v1/users",
        r#"{"username":"al","password":"min-8-chars"}"#,
        "role",
        "required",
    ),
    (
        "POST",
        "/api/v1/users",
        r#"{"username":"al","password":"min-8-chars","role":"viewer","workspaceAccess":{"all":false,"grants":[{"workspace":"ops"}]}}"#,
        "workspaceAccess.grants[0].role",
        "required",
    ),
    (
        "POST",
        "/api/v1/workspaces",
        r#"{"name":["ops"]}"#,
        "name",
        "wrong_type",
    ),
];

#[test]
fn a_wrong_member_is_named_with_what_is_wrong() {
    let server = Server::start();
    let browser = server.browser("admin");
    for (method, path, body, field, code) in FIELDS {
        let request = Request::new(method, path)
            .same_origin()
            .body("application/json", *body);
        let answer = browser.send(request).expect(400);
        let error = &answer.json()["errors"][0];
        assert_eq!(
            (&error["field"], &error["code"]),
            (&(*field).into(), &(*code).into()),
            "{body}"
        );
    }
}

#[test]
fn bad_names_are_refused_with_their_field_and_never_break_the_server() {
    let server = Server::start();
    let browser = server.browser("admin");
    let long = "x".repeat(300);
    for bad in [
        "",
        " ",
        "a b",
        "x\u{0}",
        "x\u{7}",
        "x\u{202e}y",
        "x\u{200b}",
        "@",
        long.as_str(),
    ] {
        let body = serde_json::json!({"email": bad});
        let answer = browser.post("/api/admin/users", &body).expect(400);
        assert_eq!(answer.json()["errors"][0]["field"], "email", "{bad:?}");
        let body =
            serde_json::json!({"username": bad, "password": "min-8-chars", "role": "viewer"});
        if bad != "@" {
            let answer = browser.post("/api/v1/users", &body).expect(400);
            assert_eq!(answer.json()["errors"][0]["field"], "username", "{bad:?}");
        }
        let body = serde_json::json!({"name": bad});
        let answer = browser.post("/api/v1/workspaces", &body).expect(400);
        assert_eq!(answer.json()["errors"][0]["field"], "name", "{bad:?}");
    }
    let password = serde_json::json!({"email": "admin", "password": "x".repeat(1025)});
    let _ = browser.post("/api/auth/login", &password).expect(400);
}

#[test]
fn ids_that_are_no_ids_name_nothing() {
    let server = Server::start();
    let browser = server.browser("admin");
    for id in ["x", "..", "%00", "%2e%2e", "%ff", "{id}", "0"] {
        let _ = browser.get(&format!("/api/admin/users/{id}")).expect(404);
        let _ = browser
            .delete(&format!("/api/v1/workspaces/{id}"))
            .expect(404);
    }
}

#[test]
fn queries_are_read_as_strictly() {
    let server = Server::start();
    let browser = server.browser("admin");
    for query in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "limit=-1",
        "cursor=x",
        "role=king",
        "status=odd",
        "nonsense=1",
        "limit=1&limit=2",
        "q=%ff",
    ] {
        let answer = browser
            .get(&format!("/api/admin/users?{query}"))
            .expect(400);
        assert_eq!(answer.json()["error_code"], "DANGO-V001", "{query}");
    }
}

#[test]
fn a_token_in_the_query_or_body_is_not_a_credential() {
    let server = Server::start();
    let token = server.token("admin");
    let _ = server
        .anonymous()
        .get(&format!("/api/auth/verify?token={token}"))
        .expect(401);
    let _ = server
        .anonymous()
        .get(&format!("/api/v1/auth/me?access_token={token}"))
        .expect(401);
    let _ = WithBearer::new(server.url(), &token)
        .get("/api/v1/auth/me")
        .expect(200);
}
