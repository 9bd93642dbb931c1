//! Signing in and out, in both families.

use dango_auth::core::audit::EventName;
use dango_testkit::http::{Client as _, Request, Response, WithBearer, WithCookies};
use serde_json::json;

use crate::harness::{PASSWORD, Server, text};

fn dango_login(server: &Server, login: &str, password: &str) -> Response {
    let body = json!({"email": login, "password": password});
    server
        .anonymous()
        .send(Request::new("POST", "/api/auth/login").json(&body))
}

fn v1_login(server: &Server, login: &str, password: &str) -> Response {
    let body = json!({"username": login, "password": password});
    server
        .anonymous()
        .send(Request::new("POST", "/api/v1/auth/login").json(&body))
}

#[test]
fn a_dango_login_answers_the_user_and_sets_the_cookie_exactly() {
    let server = Server::start();
    let answer = dango_login(&server, "admin", PASSWORD).expect(200);
    let body = answer.json();
    assert_eq!(body["user"]["role"], "admin");
    assert_eq!(body["must_change_password"], false);
    assert_eq!(body["requires_2fa_setup"], false);
    let cookies = answer.headers("set-cookie");
    let session = cookies
        .iter()
        .find(|cookie| cookie.starts_with("dango_session="))
        .unwrap();
    let (value, attributes) = session.split_once("; ").unwrap();
    assert_eq!(value.len(), "dango_session=".len() + 43);
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000"
    );
}

#[test]
fn a_user_object_has_the_members_of_the_contract() {
    let server = Server::start();
    let body = server
        .browser("admin")
        .get("/api/auth/me")
        .expect(200)
        .json();
    let mut members: Vec<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    members.sort_unstable();
    let mut expected = vec![
        "id",
        "username",
        "email",
        "role",
        "status",
        "is_active",
        "totp_enabled",
        "oauth_provider",
        "failed_login_attempts",
        "locked_until",
        "must_change_password",
        "last_login",
        "invite_expires_at",
        "has_pending_invite",
        "workspace_access",
        "created_at",
        "updated_at",
        "permissions",
    ];
    expected.sort_unstable();
    assert_eq!(members, expected);
    assert_eq!(body["email"], "admin", "falls back to the username");
    assert_eq!(body["permissions"].as_array().unwrap().len(), 29);
    assert_eq!(text(&body, "/created_at"), "2026-01-05T12:00:00.000000Z");
}

#[test]
fn every_failed_login_looks_the_same() {
    let server = Server::start();
    let ann = server.person("ann@example.org", "editor");
    server.person("gone@example.org", "viewer");
    let admin = server.browser("admin");
    let invited = json!({"email": "new@example.org"});
    let _ = admin.post("/api/admin/users", &invited).expect(201);
    let path = format!("/api/admin/users/{}/deactivate", ann.id);
    let _ = admin.post(&path, &json!({})).expect(200);
    let first = dango_login(&server, "nobody@example.org", "wrong").expect(400);
    assert_eq!(first.code(), "invalid_credentials");
    assert_eq!(first.json()["message"], "Invalid email or password");
    let others = [
        ("gone@example.org", "wrong"),
        ("ann@example.org", PASSWORD),
        ("new@example.org", "wrong"),
        ("not even a name \u{7}", "x"),
    ];
    for (login, password) in others {
        let answer = dango_login(&server, login, password).expect(400);
        assert_eq!(answer.body, first.body, "{login}");
        let names = |answer: &Response| -> Vec<String> {
            // Their order is the framework's, and random.
            let mut names: Vec<_> = answer
                .headers
                .iter()
                .map(|(name, _)| name.clone())
                .collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(&answer), names(&first), "{login}");
    }
    let _ = v1_login(&server, "nobody", "wrong").expect(401);
    assert!(
        v1_login(&server, "nobody", "wrong")
            .header("www-authenticate")
            .is_some()
    );
}

#[test]
fn five_failures_lock_in_the_words_of_each_family() {
    let server = Server::start();
    server.person("ann@example.org", "editor");
    for _ in 0..4 {
        let _ = dango_login(&server, "ann@example.org", "wrong").expect(400);
    }
    let locked = dango_login(&server, "ann@example.org", "wrong").expect(423);
    assert_eq!(locked.code(), "account_locked");
    assert_eq!(locked.json()["error_code"], "DANGO-S006");
    assert_eq!(locked.json()["remaining_seconds"], 900);
    assert_eq!(locked.header("retry-after"), Some("900"));
    let v1 = v1_login(&server, "ann@example.org", PASSWORD).expect(429);
    assert_eq!(
        (v1.code().as_str(), v1.header("retry-after")),
        ("account_locked", Some("900"))
    );
    for _ in 0..4 {
        let _ = dango_login(&server, "stranger@example.org", "wrong").expect(400);
    }
    let unknown = dango_login(&server, "stranger@example.org", "wrong").expect(423);
    assert_eq!(unknown.body, locked.body, "unknown names lock alike");
    assert_eq!(server.events(EventName::ACCOUNT_LOCKED).len(), 2);
}

#[test]
fn a_session_is_accepted_only_the_way_it_was_made_to_travel() {
    let server = Server::start();
    let browser = server.browser("admin");
    let cookie = browser.cookie("dango_session").unwrap();
    let _ = WithBearer::new(server.url(), &cookie)
        .get("/api/auth/me")
        .expect(401);
    let token = server.token("admin");
    let _ = WithBearer::new(server.url(), &token)
        .get("/api/auth/me")
        .expect(200);
    let by_cookie = WithCookies::new(server.url());
    by_cookie.set_cookie("dango_session", &token);
    let _ = by_cookie.get("/api/auth/me").expect(401);
}

#[test]
fn a_bearer_header_never_falls_back_to_the_cookie() {
    let server = Server::start();
    let browser = server.browser("admin");
    for bearer in ["Bearer nonsense", "bearer", "BEARER dango_ak_x", "Bearer "] {
        let request = Request::new("GET", "/api/auth/me").header("Authorization", bearer);
        let answer = browser.send(request).expect(401);
        assert!(
            answer
                .header("www-authenticate")
                .unwrap()
                .contains("invalid_token"),
            "{bearer}"
        );
    }
    let basic = Request::new("GET", "/api/auth/me").header("Authorization", "Basic YTpi");
    let _ = browser.send(basic).expect(200);
}

#[test]
fn logging_out_ends_the_session_and_takes_the_cookie_back() {
    let server = Server::start();
    let browser = server.browser("admin");
    let token = browser.cookie("dango_session").unwrap();
    let answer = browser.post("/api/auth/logout", &json!({})).expect(200);
    assert_eq!(answer.json(), json!({"success": true}));
    assert_eq!(
        answer.header("set-cookie"),
        Some("dango_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0")
    );
    browser.set_cookie("dango_session", &token);
    let _ = browser.get("/api/auth/me").expect(401);
    assert_eq!(server.events(EventName::LOGOUT).len(), 1);
    let script = server.script("admin");
    let answer = script.post("/api/v1/auth/logout", &json!({})).expect(204);
    assert!(answer.body.is_empty());
    let _ = script.get("/api/v1/auth/me").expect(401);
}

#[test]
fn a_v1_login_answers_token_expiry_and_user() {
    let server = Server::start();
    let body = v1_login(&server, "admin", PASSWORD).expect(200).json();
    assert_eq!(text(&body, "/token").len(), 43);
    assert_eq!(text(&body, "/expiresAt"), "2027-01-05T12:00:00.000000Z");
    assert_eq!(
        body["user"]["workspaceAccess"],
        json!({"all": true, "grants": []})
    );
    assert!(body["user"].get("isDisabled").is_none());
}

#[test]
fn a_browser_without_a_session_is_led_to_sign_in_and_back() {
    let server = Server::start();
    let ask = |method: &str, path: &str, accept: &str| {
        server
            .anonymous()
            .send(Request::new(method, path).header("Accept", accept))
    };
    let browser = "text/html,application/xhtml+xml;q=0.9";
    let answer = ask("GET", "/api/auth/me?a=b&c", browser).expect(302);
    assert_eq!(
        answer.header("location"),
        Some("/login?next=/api/auth/me%3Fa%3Db%26c")
    );
    let answer = ask("POST", "/api/auth/logout", browser).expect(302);
    assert_eq!(answer.header("location"), Some("/login"));
    let _ = ask("GET", "/api/auth/me", "application/json").expect(401);
    let _ = ask("GET", "/api/auth/verify", browser).expect(401);
}

#[test]
fn changing_the_password_ends_all_other_sessions_and_renews_this_one() {
    let server = Server::start();
    let (here, there) = (server.browser("admin"), server.browser("admin"));
    let before = here.cookie("dango_session").unwrap();
    let change = |current: &str, new: &str| {
        here.post(
            "/api/auth/change-password",
            &json!({"current_password": current, "new_password": new}),
        )
    };
    assert_eq!(
        change("wrong", "another good one").expect(400).code(),
        "wrong_password"
    );
    let weak = change(PASSWORD, "password").expect(400);
    assert_eq!(weak.code(), "weak_password");
    assert!(!weak.json()["issues"].as_array().unwrap().is_empty());
    assert_eq!(
        change(PASSWORD, PASSWORD).expect(400).code(),
        "password_reused"
    );
    assert_eq!(
        change(PASSWORD, "another good one").expect(200).json(),
        json!({"success": true})
    );
    assert_ne!(here.cookie("dango_session").unwrap(), before);
    let _ = here.get("/api/auth/me").expect(200);
    let _ = there.get("/api/auth/me").expect(401);
    assert_eq!(server.events(EventName::PASSWORD_CHANGE).len(), 1);
}

#[test]
fn a_v1_password_change_hands_the_new_token_over() {
    let server = Server::start();
    let script = server.script("admin");
    let path = "/api/v1/auth/change-password";
    let body =
        |current: &str| json!({"currentPassword": current, "newPassword": "another good one"});
    let wrong = script.post(path, &body("wrong")).expect(401);
    assert_eq!(wrong.code(), "wrong_password");
    let answer = script.post(path, &body(PASSWORD)).expect(200).json();
    assert_eq!(answer["message"], "Password changed");
    let fresh = WithBearer::new(server.url(), &text(&answer, "/token"));
    let _ = fresh.get("/api/v1/auth/me").expect(200);
    let _ = script.get("/api/v1/auth/me").expect(401);
}
