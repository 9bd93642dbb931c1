//! Headers that every answer carries.

use dango_testkit::http::{Client as _, Request};

use crate::harness::Server;

#[test]
fn every_answer_carries_the_security_headers_errors_included() {
    let server = Server::start();
    let admin = server.browser("admin");
    let answers = [
        admin.get("/api/auth/me"),
        admin.get("/nowhere"),
        admin.send(Request::new("DELETE", "/api/auth/me")),
        server.anonymous().get("/api/auth/me"),
        server.anonymous().get("/api/docs"),
        server
            .anonymous()
            .send(Request::new("POST", "/api/auth/login").body("text/plain", "x")),
        server
            .anonymous()
            .send(Request::new("GET", "/healthz").header("Host", "evil.example")),
    ];
    for answer in answers {
        let header = |name: &str| answer.header(name).unwrap_or_default().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(header("cache-control"), "no-store");
        assert!(header("content-security-policy").starts_with("default-src 'none';"));
        assert_eq!(header("x-request-id").len(), 22);
        assert_eq!(answer.header("server"), None);
        assert_eq!(answer.headers("x-request-id").len(), 1);
    }
}

#[test]
fn a_page_gets_a_fresh_nonce_each_time() {
    let server = Server::start();
    let policy = || {
        let answer = server.anonymous().get("/api/docs").expect(200);
        answer.header("content-security-policy").unwrap().to_owned()
    };
    let (first, second) = (policy(), policy());
    assert!(first.contains("script-src 'nonce-"), "{first}");
    assert_ne!(first, second);
}

#[test]
fn unknown_paths_and_methods_are_problems_with_their_headers() {
    let server = Server::start();
    let visitor = server.anonymous();
    assert_eq!(visitor.get("/api/nowhere").expect(404).code(), "not_found");
    assert_eq!(
        visitor.get("/api/auth/login/").expect(404).code(),
        "not_found"
    );
    for (method, path, allow) in [
        ("GET", "/api/auth/login", "POST"),
        ("PATCH", "/api/admin/users", "GET, HEAD, POST"),
        ("TRACE", "/api/auth/me", "GET, HEAD"),
        ("OPTIONS", "/api/auth/me", "GET, HEAD"),
    ] {
        let answer = visitor.send(Request::new(method, path)).expect(405);
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        assert_eq!(answer.code(), "method_not_allowed");
    }
    let head = visitor.send(Request::new("HEAD", "/healthz")).expect(200);
    assert!(head.body.is_empty());
}

#[test]
fn an_encoded_path_meets_the_same_guard() {
    let server = Server::start();
    let viewer = server.person("vic@example.org", "viewer");
    let browser = server.browser(&viewer.login);
    for path in [
        "/api/%61dmin/users",
        "/api/admin/%75sers",
        "/%61pi/admin/users",
    ] {
        assert_eq!(
            browser.get(path).expect(403).code(),
            "permission_denied",
            "{path}"
        );
        let _ = server.anonymous().get(path).expect(401);
    }
}

#[test]
fn a_foreign_host_is_refused_on_plain_loopback() {
    let server = Server::start();
    let ask = |host: &str| {
        server
            .anonymous()
            .send(Request::new("GET", "/healthz").header("Host", host))
    };
    assert_eq!(ask("evil.example").expect(421).code(), "misdirected");
    let _ = ask("localhost:1").expect(200);
}

#[test]
fn https_is_pinned_and_uses_the_host_cookie() {
    let server = Server::with(&[("DANGO_PUBLIC_URL", "https://auth.example.org")]);
    let body = serde_json::json!({"email": "admin", "password": crate::harness::PASSWORD});
    let request = Request::new("POST", "/api/auth/login").json(&body);
    let answer = server.anonymous().send(request).expect(200);
    let cookies = answer.headers("set-cookie");
    let session = cookies
        .iter()
        .find(|cookie| cookie.starts_with("__Host-dango_session="));
    assert!(
        session
            .unwrap()
            .ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000; Secure")
    );
    let pinned = answer.header("strict-transport-security");
    assert_eq!(pinned, Some("max-age=31536000; includeSubDomains"));
}
