//! The own sessions and their limits.

use chrono::Duration;
use dango_auth::core::audit::EventName;
use dango_testkit::http::Client as _;
use serde_json::json;

use crate::harness::{Server, text};

#[test]
fn sessions_are_listed_ended_one_by_one_and_all_others_at_once() {
    let server = Server::start();
    let there = server.browser("admin");
    server.clock.advance(Duration::seconds(1));
    let (here, third) = (server.browser("admin"), server.browser("admin"));
    let list = here.get("/api/auth/sessions").expect(200).json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 3);
    for member in [
        "id",
        "created_at",
        "last_activity",
        "expires_at",
        "ip_address",
        "user_agent",
        "is_current",
    ] {
        assert!(list[0].get(member).is_some(), "{member}");
    }
    let current: Vec<_> = list.iter().filter(|it| it["is_current"] == true).collect();
    assert_eq!(current.len(), 1);
    let current = text(current[0], "/id");
    let path = |id: &str| format!("/api/auth/sessions/{id}");
    let _ = here.delete(&path(&current)).expect(400);
    let mut others = list.iter().filter(|it| it["is_current"] == false);
    let other = text(others.next().unwrap(), "/id");
    assert_eq!(
        here.delete(&path(&other)).expect(200).json(),
        json!({"success": true})
    );
    let _ = here.delete(&path(&other)).expect(404);
    let _ = there.get("/api/auth/me").expect(401);
    let answer = here
        .post("/api/auth/sessions/revoke-others", &json!({}))
        .expect(200);
    assert_eq!(answer.json(), json!({"success": true, "revoked_count": 1}));
    let _ = third.get("/api/auth/me").expect(401);
    let _ = here.get("/api/auth/me").expect(200);
    assert_eq!(server.events(EventName::SESSIONS_REVOKED).len(), 2);
}

#[test]
fn somebody_elses_session_is_not_found() {
    let server = Server::start();
    server.person("ann@example.org", "editor");
    let (admin, ann) = (server.browser("admin"), server.browser("ann@example.org"));
    let list = ann.get("/api/auth/sessions").expect(200).json();
    let path = format!("/api/auth/sessions/{}", text(&list, "/0/id"));
    let _ = admin.delete(&path).expect(404);
    let _ = ann.get("/api/auth/me").expect(200);
}

#[test]
fn a_session_ends_at_its_idle_and_at_its_absolute_limit() {
    let server = Server::with(&[("DANGO_AUTH__SESSION_MAX_DAYS", "2")]);
    let idle = server.browser("admin");
    server
        .clock
        .advance(Duration::minutes(1440) - Duration::seconds(1));
    let _ = idle.get("/api/auth/me").expect(200);
    server.clock.advance(Duration::minutes(1440));
    let _ = idle.get("/api/auth/me").expect(401);
    let busy = server.browser("admin");
    for _ in 0..4 {
        server.clock.advance(Duration::hours(11));
        let _ = busy.get("/api/auth/me").expect(200);
        server.auth.sessions().flush().unwrap();
    }
    server.clock.advance(Duration::hours(4));
    let _ = busy.get("/api/auth/me").expect(401);
}

#[test]
fn the_role_a_session_has_is_read_at_each_request() {
    let server = Server::start();
    let ann = server.person("ann@example.org", "admin");
    let (admin, browser) = (server.browser("admin"), server.browser("ann@example.org"));
    let _ = browser.get("/api/admin/users").expect(200);
    let path = format!("/api/admin/users/{}/role", ann.id);
    let _ = admin.put(&path, &json!({"role": "viewer"})).expect(200);
    assert_eq!(
        browser.get("/api/admin/users").expect(403).code(),
        "permission_denied"
    );
    assert!(!server.events(EventName::PERMISSION_DENIED).is_empty());
}
