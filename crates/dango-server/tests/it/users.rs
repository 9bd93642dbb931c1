//! People, administrated Dango's way.

use chrono::Duration;
use dango_auth::core::audit::EventName;
use dango_testkit::http::{Client as _, Request, WithCookies};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Server, text};

fn accept(server: &Server, url: &str, password: &str) -> dango_testkit::http::Response {
    let token = url.rsplit('/').next().unwrap();
    let body = json!({"token": token, "password": password});
    server
        .anonymous()
        .send(Request::new("POST", "/api/auth/accept-invite").json(&body))
}

#[test]
fn an_invited_person_accepts_once_and_is_signed_in() {
    let server = Server::start();
    let admin = server.browser("admin");
    let body = json!({"email": "Ann@Example.org", "role": "editor"});
    let made = admin.post("/api/admin/users", &body).expect(201).json();
    assert_eq!(made["user"]["email"], "ann@example.org");
    assert_eq!(made["user"]["status"], "invited");
    assert_eq!(made["user"]["has_pending_invite"], true);
    let url = text(&made, "/invite_url");
    assert!(
        url.starts_with(&format!("{}/invite/", server.url())),
        "{url}"
    );
    assert_eq!(
        accept(&server, &url, "short").expect(400).code(),
        "weak_password"
    );
    let answer = accept(&server, &url, PASSWORD).expect(200);
    assert_eq!(answer.json()["user"]["status"], "active");
    let cookies = answer.headers("set-cookie");
    let session = cookies
        .iter()
        .find(|it| it.starts_with("dango_session="))
        .unwrap();
    let token = session.split(['=', ';']).nth(1).unwrap();
    let ann = WithCookies::new(server.url());
    ann.set_cookie("dango_session", token);
    let _ = ann.get("/api/auth/me").expect(200);
    let used = accept(&server, &url, PASSWORD).expect(400);
    let unknown = accept(&server, "x/nonsense", PASSWORD).expect(400);
    assert_eq!(used.body, unknown.body);
    assert_eq!(server.events(EventName::INVITE_ACCEPTED).len(), 1);
}

#[test]
fn a_link_never_follows_the_host_header() {
    let server = Server::with(&[("DANGO_PUBLIC_URL", "https://auth.example.org/dango")]);
    let admin = server.browser("admin");
    let body = json!({"email": "ann@example.org"});
    let request = Request::new("POST", "/api/admin/users")
        .same_origin()
        .json(&body);
    let answer = admin
        .send(request.header("Host", "evil.example"))
        .expect(201)
        .json();
    assert!(text(&answer, "/invite_url").starts_with("https://auth.example.org/dango/invite/"));
}

#[test]
fn an_expired_invite_is_renewed_by_adding_the_person_again() {
    let server = Server::start();
    let admin = server.browser("admin");
    let body = json!({"email": "ann@example.org"});
    let first = admin.post("/api/admin/users", &body).expect(201).json();
    assert_eq!(
        admin.post("/api/admin/users", &body).expect(409).code(),
        "user_exists"
    );
    server.clock.advance(Duration::hours(72));
    let admin = server.browser("admin");
    assert_eq!(
        accept(&server, &text(&first, "/invite_url"), PASSWORD)
            .expect(400)
            .status,
        400
    );
    let second = admin.post("/api/admin/users", &body).expect(201).json();
    assert_eq!(first["user"]["id"], second["user"]["id"]);
    let _ = accept(&server, &text(&second, "/invite_url"), PASSWORD).expect(200);
}

#[test]
fn a_temporary_password_must_be_changed() {
    let server = Server::start();
    let admin = server.browser("admin");
    let body = json!({"email": "ann@example.org", "generate_password": true});
    let made = admin.post("/api/admin/users", &body).expect(201).json();
    assert!(made.get("invite_url").is_none());
    let body = json!({"email": "ann@example.org", "password": text(&made, "/temp_password")});
    let login = Request::new("POST", "/api/auth/login").json(&body);
    let answer = server.anonymous().send(login).expect(200).json();
    assert_eq!(answer["must_change_password"], true);
}

#[test]
fn each_admin_action_answers_in_its_form_and_leaves_its_event() {
    let server = Server::start();
    let ann = server.person("ann@example.org", "editor");
    let admin = server.browser("admin");
    let path = |action: &str| format!("/api/admin/users/{}/{action}", ann.id);
    let post = |action: &str| admin.post(&path(action), &json!({}));
    let user = admin
        .put(&path("role"), &json!({"role": "viewer"}))
        .expect(200)
        .json();
    assert_eq!(user["role"], "viewer");
    let access = json!({"workspace_access": {"all": false, "grants": [{"workspace": "ops", "role": "editor"}]}});
    let user = admin
        .put(&path("workspace-access"), &access)
        .expect(200)
        .json();
    assert_eq!(user["workspace_access"], access["workspace_access"]);
    assert_eq!(post("unlock").expect(200).json(), json!({"success": true}));
    let browser = server.browser("ann@example.org");
    assert_eq!(
        post("revoke-sessions").expect(200).json(),
        json!({"success": true, "revoked_count": 1})
    );
    let _ = browser.get("/api/auth/me").expect(401);
    let reset = post("reset-password").expect(200).json();
    assert_eq!(reset["user"]["must_change_password"], true);
    assert!(!text(&reset, "/temp_password").is_empty());
    assert_eq!(
        post("reinvite").expect(400).json()["error_code"],
        "DANGO-V001"
    );
    assert_eq!(
        post("deactivate").expect(200).json(),
        json!({"success": true})
    );
    assert_eq!(post("reactivate").expect(200).json()["is_active"], true);
    let wrong = Request::new("DELETE", &format!("/api/admin/users/{}", ann.id)).same_origin();
    let wrong = admin
        .send(wrong.json(&json!({"confirm_email": "someone@example.org"})))
        .expect(400);
    assert_eq!(wrong.json()["errors"][0]["field"], "confirm_email");
    let right = Request::new("DELETE", &format!("/api/admin/users/{}", ann.id)).same_origin();
    let right = admin
        .send(right.json(&json!({"confirm_email": " ANN@example.org "})))
        .expect(200);
    assert_eq!(right.json(), json!({"success": true}));
    let _ = admin
        .get(&format!("/api/admin/users/{}", ann.id))
        .expect(404);
    for name in [
        EventName::ROLE_CHANGED,
        EventName::WORKSPACE_ACCESS_CHANGED,
        EventName::WORKSPACE_CREATED,
        EventName::ACCOUNT_UNLOCKED,
        EventName::SESSIONS_REVOKED,
        EventName::PASSWORD_RESET,
        EventName::USER_DEACTIVATED,
        EventName::USER_REACTIVATED,
        EventName::USER_DELETED,
    ] {
        assert!(!server.events(name.clone()).is_empty(), "{name}");
    }
}

#[test]
fn the_last_admin_and_oneself_are_protected() {
    let server = Server::start();
    let admin = server.browser("admin");
    let me = admin.get("/api/auth/me").expect(200).json();
    let path = |rest: &str| format!("/api/admin/users/{}{rest}", text(&me, "/id"));
    let demoted = admin
        .put(&path("/role"), &json!({"role": "viewer"}))
        .expect(409);
    assert_eq!(
        (demoted.code().as_str(), &demoted.json()["error_code"]),
        ("last_admin", &json!("DANGO-S004"))
    );
    assert_eq!(
        admin
            .post(&path("/deactivate"), &json!({}))
            .expect(409)
            .code(),
        "self_action"
    );
    let delete = Request::new("DELETE", &path(""))
        .same_origin()
        .json(&json!({"confirm_email": "admin"}));
    assert_eq!(admin.send(delete).expect(409).code(), "self_action");
    let v1 = format!("/api/v1/users/{}", text(&me, "/id"));
    assert_eq!(admin.delete(&v1).expect(403).code(), "self_action");
    assert_eq!(
        admin
            .patch(&v1, &json!({"isDisabled": true}))
            .expect(403)
            .code(),
        "self_action"
    );
    assert_eq!(
        admin
            .patch(&v1, &json!({"role": "viewer"}))
            .expect(409)
            .code(),
        "last_admin"
    );
}

#[test]
fn a_deactivated_person_is_out_at_once_and_stays_out_until_a_new_sign_in() {
    let server = Server::start();
    let ann = server.person("ann@example.org", "editor");
    let (admin, browser) = (server.browser("admin"), server.browser("ann@example.org"));
    let path = |action: &str| format!("/api/admin/users/{}/{action}", ann.id);
    let _ = admin.post(&path("deactivate"), &json!({})).expect(200);
    let _ = browser.get("/api/auth/me").expect(401);
    let _ = admin.post(&path("reactivate"), &json!({})).expect(200);
    let _ = browser.get("/api/auth/me").expect(401);
    let _ = server
        .browser("ann@example.org")
        .get("/api/auth/me")
        .expect(200);
}

#[test]
fn people_are_listed_in_pages_and_filtered() {
    let server = Server::start();
    for number in 0..5 {
        server.clock.advance(Duration::seconds(1));
        server.person(&format!("p{number}@example.org"), "viewer");
    }
    let admin = server.browser("admin");
    let mut names = Vec::new();
    let mut path = "/api/admin/users?limit=2".to_owned();
    loop {
        let answer = admin.get(&path).expect(200);
        let page = answer.json();
        names.extend(
            page.as_array()
                .unwrap()
                .iter()
                .map(|user| text(user, "/username")),
        );
        let Some(link) = answer.header("link") else {
            break;
        };
        assert!(link.ends_with(">; rel=\"next\""), "{link}");
        path = link
            .trim_start_matches('<')
            .split('>')
            .next()
            .unwrap()
            .to_owned();
    }
    assert_eq!(
        names,
        [
            "admin",
            "p0@example.org",
            "p1@example.org",
            "p2@example.org",
            "p3@example.org",
            "p4@example.org"
        ]
    );
    let count = |query: &str| {
        let list: Value = admin
            .get(&format!("/api/admin/users?{query}"))
            .expect(200)
            .json();
        list.as_array().unwrap().len()
    };
    assert_eq!(count("role=admin"), 1);
    assert_eq!(count("q=P3"), 1);
    assert_eq!(count("q=%25"), 0, "a wildcard is taken literally");
    assert_eq!(count("status=active"), 6);
    assert_eq!(count("status=locked"), 0);
}

#[test]
fn a_kept_answer_is_forgotten_after_a_day() {
    let server = Server::start();
    let admin = server.browser("admin");
    let create = || {
        let request = Request::new("POST", "/api/admin/users").same_origin();
        let request = request.header("Idempotency-Key", "one");
        admin.send(request.json(&json!({"email": "ann@example.org"})))
    };
    let _ = create().expect(201);
    server.clock.advance(Duration::hours(23));
    let _ = create().expect(201);
    server.clock.advance(Duration::hours(1));
    let admin = server.browser("admin");
    let request = Request::new("POST", "/api/admin/users").same_origin();
    let request = request.header("Idempotency-Key", "one");
    let answer = admin.send(request.json(&json!({"email": "ann@example.org"})));
    assert_eq!(answer.expect(409).code(), "user_exists");
}

#[test]
fn a_repeated_request_with_the_same_key_makes_one_person() {
    let server = Server::start();
    let admin = server.browser("admin");
    let create = |key: &str, email: &str| {
        let request = Request::new("POST", "/api/admin/users").same_origin();
        admin.send(
            request
                .header("Idempotency-Key", key)
                .json(&json!({"email": email})),
        )
    };
    let first = create("one", "ann@example.org").expect(201);
    let second = create("one", "ann@example.org").expect(201);
    assert_eq!(first.body, second.body, "the link too");
    assert_eq!(
        create("one", "bob@example.org").expect(422).code(),
        "idempotency_key_reused"
    );
    assert_eq!(
        create("two", "ann@example.org").expect(409).code(),
        "user_exists"
    );
    let _ = create("", "x@example.org").expect(400);
    let _ = create(&"k".repeat(256), "x@example.org").expect(400);
    assert_eq!(server.events(EventName::USER_CREATED).len(), 1);
}
