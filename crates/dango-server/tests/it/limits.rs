//! Rate limits, seen through a trusted proxy on loopback.

use chrono::Duration;
use dango_auth::core::audit::EventName;
use dango_testkit::http::{Client as _, Request, Response};
use serde_json::json;

use crate::harness::Server;

const BEHIND_PROXY: [(&str, &str); 1] = [("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1")];

fn login(server: &Server, client: &str) -> Response {
    let body = json!({"email": "nobody@example.org", "password": "wrong"});
    let request = Request::new("POST", "/api/auth/login").json(&body);
    server
        .anonymous()
        .send(request.header("X-Forwarded-For", client))
}

fn health(server: &Server, client: &str) -> Response {
    let request = Request::new("GET", "/api/auth/me").header("X-Forwarded-For", client);
    server.anonymous().send(request)
}

#[test]
fn ten_sign_ins_a_minute_and_not_one_more() {
    let server = Server::with(&BEHIND_PROXY);
    for left in (0..10).rev() {
        let answer = login(&server, "203.0.113.9");
        assert_ne!(answer.status, 429, "{left}");
        assert_eq!(answer.header("ratelimit-limit"), Some("10"));
        assert_eq!(
            answer.header("ratelimit-remaining"),
            Some(left.to_string().as_str())
        );
    }
    let refused = login(&server, "203.0.113.9").expect(429);
    assert_eq!(refused.code(), "rate_limited");
    assert_eq!(refused.json()["error_code"], "DANGO-W002");
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(refused.header("ratelimit"), Some("\"login\";r=0;t=60"));
    assert_ne!(
        login(&server, "203.0.113.10").status,
        429,
        "another address has its own"
    );
    server.clock.advance(Duration::seconds(59));
    let _ = login(&server, "203.0.113.9").expect(429);
    server.clock.advance(Duration::seconds(1));
    assert_ne!(login(&server, "203.0.113.9").status, 429);
    assert!(!server.events(EventName::RATE_LIMIT_HIT).is_empty());
}

#[test]
fn both_families_share_one_budget_of_sign_ins() {
    let server = Server::with(&BEHIND_PROXY);
    for _ in 0..10 {
        let _ = login(&server, "203.0.113.9");
    }
    let body = json!({"username": "admin", "password": "x"});
    let request = Request::new("POST", "/api/v1/auth/login").json(&body);
    let _ = server
        .anonymous()
        .send(request.header("X-Forwarded-For", "203.0.113.9"))
        .expect(429);
}

#[test]
fn two_hundred_other_requests_at_once() {
    let server = Server::with(&BEHIND_PROXY);
    for _ in 0..200 {
        let _ = health(&server, "203.0.113.9").expect(401);
    }
    let refused = health(&server, "203.0.113.9").expect(429);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(refused.header("ratelimit-limit"), Some("200"));
    let probe = Request::new("GET", "/healthz").header("X-Forwarded-For", "203.0.113.9");
    let _ = server.anonymous().send(probe).expect(200);
}

#[test]
fn an_ipv6_customer_is_one_source() {
    let server = Server::with(&BEHIND_PROXY);
    for host in 0..10 {
        let _ = login(&server, &format!("2001:db8:1:2::{host}"));
    }
    let _ = login(&server, "2001:db8:1:2:ffff::1").expect(429);
    assert_ne!(login(&server, "2001:db8:1:3::1").status, 429);
}

#[test]
fn forwarding_headers_of_strangers_are_not_believed() {
    let server = Server::with(&[("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "10.0.0.0/8")]);
    for round in 0..10 {
        assert_ne!(login(&server, &format!("203.0.113.{round}")).status, 429);
    }
    let _ = login(&server, "203.0.113.99").expect(429);
}

#[test]
fn loopback_is_exempt_only_without_forwarding_headers() {
    let server = Server::start();
    let visitor = server.anonymous();
    for _ in 0..205 {
        let answer = visitor.get("/api/auth/me").expect(401);
        assert_eq!(answer.header("ratelimit-limit"), None);
    }
    let forwarded = Request::new("GET", "/api/auth/me").header("X-Forwarded-For", "127.0.0.1");
    assert!(visitor.send(forwarded).header("ratelimit-limit").is_some());
}

#[test]
fn the_lockout_is_never_skipped() {
    let server = Server::start();
    let body = json!({"email": "nobody@example.org", "password": "wrong"});
    let login = || {
        server
            .anonymous()
            .send(Request::new("POST", "/api/auth/login").json(&body))
    };
    for _ in 0..4 {
        let _ = login().expect(400);
    }
    let _ = login().expect(423);
}

#[test]
fn limits_can_be_switched_off() {
    let off = [
        BEHIND_PROXY[0],
        ("DANGO_AUTH__RATE_LIMIT__ENABLED", "false"),
    ];
    let server = Server::with(&off);
    for _ in 0..205 {
        let _ = health(&server, "203.0.113.9").expect(401);
    }
}
