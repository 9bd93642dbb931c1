//! The first administrator, made on a running server.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use dango_testkit::http::{Client as _, Request, WithCookies};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::installation::{ADMIN, Installation, PASSWORD, on_both_databases};
use crate::people::{make, verify};

on_both_databases![
    an_empty_folder_becomes_a_guarded_server,
    a_stranger_needs_the_token_that_was_printed,
    a_second_server_works_beside_the_first,
    the_environment_makes_the_first_administrator,
    a_stop_answers_what_has_begun_and_exits_with_success,
];

fn first_admin(token: Option<&str>) -> Value {
    let mut body = json!({"username": "root", "password": PASSWORD});
    if let Some(token) = token {
        body["setupToken"] = token.into();
    }
    body
}

fn an_empty_folder_becomes_a_guarded_server(place: Installation) {
    let server = place.server(0);
    assert!(server.setup_token().is_some(), "{}", server.output());
    let nobody = server.anonymous();
    assert_eq!(nobody.get("/api/auth/me").status, 401);
    let made = nobody
        .post("/api/v1/auth/setup", &first_admin(None))
        .expect(200);
    let admin = server.bearer(made.json()["token"].as_str().unwrap());
    let again = nobody
        .post("/api/v1/auth/setup", &first_admin(None))
        .expect(403);
    assert_eq!(again.code(), "setup_completed");

    let browser = WithCookies::new(server.url());
    let login = json!({"email": "root", "password": PASSWORD});
    let _ = browser.post("/api/auth/login", &login).expect(200);
    let me = browser.get("/api/auth/me").expect(200).json();
    assert_eq!(
        (&me["username"], &me["role"]),
        (&json!("root"), &json!("admin"))
    );
    let allowed = verify(&browser, "users.manage").expect(204);
    assert_eq!(allowed.header("x-dango-user"), Some("root"));

    let _ = make(&admin, "vera", "viewer");
    let vera = server.browser("vera", PASSWORD);
    let denied = verify(&vera, "users.manage").expect(403);
    assert_eq!(denied.code(), "permission_denied");
    let _ = verify(&vera, "dashboard.view").expect(204);

    assert!(server.stop().success());
    let second = place.server(0);
    assert!(!second.output().contains("setup"), "{}", second.output());
    let _ = second
        .browser("root", PASSWORD)
        .get("/api/auth/me")
        .expect(200);
}

fn a_stranger_needs_the_token_that_was_printed(place: Installation) {
    let place = place.with("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1");
    let server = place.server(0);
    let token = server.setup_token().unwrap();
    let from_afar = |body: &Value| {
        let request = Request::new("POST", "/api/v1/auth/setup")
            .json(body)
            .same_origin();
        server
            .anonymous()
            .send(request.header("X-Forwarded-For", "203.0.113.7"))
    };
    for wrong in [None, Some(""), Some("not-the-token"), Some(&token[1..])] {
        let refused = from_afar(&first_admin(wrong));
        assert!(
            [400, 403].contains(&refused.status),
            "{wrong:?}: {}",
            refused.text()
        );
        assert_ne!(refused.code(), "setup_completed");
    }
    let _ = from_afar(&first_admin(Some(&token))).expect(200);
    let refused = from_afar(&first_admin(Some(&token))).expect(403);
    assert_eq!(refused.code(), "setup_completed");
    assert_eq!(place.usable_admins(), 1);
}

fn a_second_server_works_beside_the_first(place: Installation) {
    let servers = place.servers(2);
    // The link printed last is the one that works, wherever it is opened.
    let token = servers[1].setup_token().unwrap();
    let body = first_admin(Some(&token));
    let _ = servers[1]
        .anonymous()
        .post("/api/v1/auth/setup", &body)
        .expect(200);
    for server in &servers {
        let _ = server
            .browser("root", PASSWORD)
            .get("/api/auth/me")
            .expect(200);
        let again = server
            .anonymous()
            .post("/api/v1/auth/setup", &body)
            .expect(403);
        assert_eq!(again.code(), "setup_completed");
    }
}

fn the_environment_makes_the_first_administrator(place: Installation) {
    let place = place.with("DANGO_ADMIN_EMAIL", "ann@example.org");
    let place = place.with("DANGO_ADMIN_PASSWORD", PASSWORD);
    let server = place.server(0);
    assert_eq!(server.setup_token(), None);
    let me = server
        .browser("ann@example.org", PASSWORD)
        .get("/api/auth/me");
    assert_eq!(me.expect(200).json()["role"], "admin");
}

fn a_stop_answers_what_has_begun_and_exits_with_success(place: Installation) {
    let place = place.ready();
    let server = place.server(0);
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    let body = json!({"email": ADMIN, "password": PASSWORD}).to_string();
    let mut stream = TcpStream::connect(&address).unwrap();
    let head = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server says that it has begun with this request; then it is asked to stop.
    let mut begun = [0; 25];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.process().signal(Signal::TERM);
    while TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(server.stop().success(), "{}", server.output());
    assert!(server.output().contains("stopped"), "{}", server.output());
}
