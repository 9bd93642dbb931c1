//! API keys, in both families.

use chrono::Duration;
use dango_auth::core::audit::EventName;
use dango_testkit::http::{Client as _, Request, WithBearer};
use serde_json::json;

use crate::harness::{Server, text};

#[test]
fn a_key_is_shown_once_and_works_as_its_owner() {
    let server = Server::start();
    let browser = server.browser("admin");
    let made = browser
        .post("/api/auth/api-keys", &json!({"name": "ci"}))
        .expect(200)
        .json();
    let key = text(&made, "/key");
    assert_eq!(key.len(), 41);
    assert!(key.starts_with("dango_ak_"));
    assert_eq!(text(&made, "/key_prefix"), key[..12]);
    let list = browser.get("/api/auth/api-keys").expect(200).json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert!(list[0].get("key").is_none());
    let script = WithBearer::new(server.url(), &key);
    assert_eq!(
        script.get("/api/auth/me").expect(200).json()["username"],
        "admin"
    );
    let _ = script.get("/api/admin/users").expect(200);
    let path = format!("/api/auth/api-keys/{}", text(&made, "/id"));
    assert_eq!(
        browser.delete(&path).expect(200).json(),
        json!({"success": true})
    );
    let _ = script.get("/api/auth/me").expect(401);
    let _ = browser.delete(&path).expect(404);
    assert_eq!(server.events(EventName::API_KEY_REVOKED).len(), 1);
}

#[test]
fn a_key_expires() {
    let server = Server::start();
    let browser = server.browser("admin");
    let create = |body: serde_json::Value| browser.post("/api/auth/api-keys", &body);
    let made = create(json!({"name": "short", "expires_in_days": 1}))
        .expect(200)
        .json();
    assert_eq!(made["expires_at"], "2026-01-06T12:00:00.000000Z");
    let bare = create(json!({"name": "bare", "expires_at": "2026-02-01T00:00:00"}))
        .expect(200)
        .json();
    assert_eq!(bare["expires_at"], "2026-02-01T00:00:00.000000Z");
    for bad in [
        json!({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}),
        json!({"name": "x", "expires_at": "soon"}),
        json!({"name": "x", "expires_in_days": 0}),
        json!({"name": "x", "expires_in_days": 1, "expires_at": "2026-02-01T00:00:00Z"}),
        json!({"name": ""}),
        json!({"name": "x", "role": "king"}),
        json!({"name": "x", "workspaces": []}),
    ] {
        let _ = create(bad).expect(400);
    }
    let script = WithBearer::new(server.url(), &text(&made, "/key"));
    let _ = script.get("/api/auth/me").expect(200);
    server.clock.advance(Duration::days(1));
    let _ = script.get("/api/auth/me").expect(401);
}

#[test]
fn a_narrower_key_can_do_less_and_never_more_than_its_owner_now() {
    let server = Server::start();
    let ann = server.person("ann@example.org", "admin");
    let browser = server.browser("ann@example.org");
    let made = browser
        .post(
            "/api/auth/api-keys",
            &json!({"name": "v", "role": "viewer"}),
        )
        .expect(200);
    let viewer = WithBearer::new(server.url(), &text(&made.json(), "/key"));
    let _ = viewer.get("/api/auth/me").expect(200);
    let _ = viewer.get("/api/admin/users").expect(403);
    let full = WithBearer::new(server.url(), &server.key("ann@example.org"));
    let _ = full.get("/api/admin/users").expect(200);
    let path = format!("/api/admin/users/{}/role", ann.id);
    let _ = server
        .browser("admin")
        .put(&path, &json!({"role": "viewer"}))
        .expect(200);
    let _ = full.get("/api/admin/users").expect(403);
}

#[test]
fn a_key_does_not_manage_sign_in_or_keys() {
    let server = Server::start();
    let key = WithBearer::new(server.url(), &server.key("admin"));
    for (method, path) in [
        ("GET", "/api/auth/sessions"),
        ("GET", "/api/auth/api-keys"),
        ("POST", "/api/auth/api-keys"),
        ("POST", "/api/auth/logout"),
        ("POST", "/api/auth/change-password"),
        ("POST", "/api/auth/2fa/setup"),
        ("POST", "/api/v1/api-keys"),
        ("POST", "/api/v1/auth/logout"),
    ] {
        let request = dango_testkit::http::Request::new(method, path);
        let request = if method == "POST" {
            request.json(&json!({}))
        } else {
            request
        };
        assert_eq!(
            key.send(request).expect(403).code(),
            "session_required",
            "{method} {path}"
        );
    }
    let _ = key.get("/api/admin/api-keys").expect(200);
}

#[test]
fn an_inactive_owner_has_no_working_key() {
    let server = Server::start();
    let ann = server.person("ann@example.org", "editor");
    let key = WithBearer::new(server.url(), &server.key("ann@example.org"));
    let _ = key.get("/api/auth/me").expect(200);
    let path = format!("/api/admin/users/{}/deactivate", ann.id);
    let _ = server.browser("admin").post(&path, &json!({})).expect(200);
    let _ = key.get("/api/auth/me").expect(401);
}

#[test]
fn administrators_see_and_revoke_everybodys_keys() {
    let server = Server::start();
    server.person("ann@example.org", "editor");
    let key = WithBearer::new(server.url(), &server.key("ann@example.org"));
    let admin = server.browser("admin");
    let list = admin.get("/api/admin/api-keys").expect(200).json();
    assert_eq!(list[0]["owner"], "ann@example.org");
    let path = format!("/api/admin/api-keys/{}", text(&list, "/0/id"));
    let _ = admin.delete(&path).expect(200);
    let _ = key.get("/api/auth/me").expect(401);
}

#[test]
fn the_v1_family_manages_keys_for_people() {
    let server = Server::start();
    let ann = server.person("ann@example.org", "developer");
    let admin = server.script("admin");
    let body = json!({
        "name": "deploy", "role": "operator", "description": "nightly",
        "workspaceAccess": {"all": true}, "allowedSurfaces": ["rest_api"],
        "attributionClass": "user_owned", "ownerUserId": ann.id.to_string(),
    });
    let answer = admin.post("/api/v1/api-keys", &body).expect(201);
    let made = answer.json();
    let id = text(&made, "/apiKey/id");
    assert_eq!(
        answer.header("location"),
        Some(format!("/api/v1/api-keys/{id}").as_str())
    );
    assert_eq!(made["apiKey"]["ownerUsername"], "ann@example.org");
    assert_eq!(made["apiKey"]["lastUsedAt"], json!(null));
    let key = WithBearer::new(server.url(), &text(&made, "/key"));
    let _ = key.get("/api/v1/auth/me").expect(200);
    assert_eq!(
        admin.post("/api/v1/api-keys", &body).expect(409).code(),
        "key_exists"
    );
    let path = format!("/api/v1/api-keys/{id}");
    let changed = admin
        .patch(
            &path,
            &json!({"role": "viewer", "expiresAt": "2026-02-01T00:00:00Z"}),
        )
        .expect(200);
    assert_eq!(changed.json()["apiKey"]["role"], "viewer");
    assert_eq!(
        changed.json()["apiKey"]["expiresAt"],
        "2026-02-01T00:00:00.000000Z"
    );
    let cleared = admin
        .patch(&path, &json!({"expiresAt": null}))
        .expect(200)
        .json();
    assert_eq!(cleared["apiKey"]["expiresAt"], json!(null));
    assert_eq!(cleared["apiKey"]["role"], "viewer", "what is absent stays");
    let bad = json!({"name": "x", "role": "viewer", "allowedSurfaces": ["mcp"]});
    assert_eq!(
        admin.post("/api/v1/api-keys", &bad).expect(400).json()["errors"][0]["field"],
        "allowedSurfaces"
    );
    let list = admin.get("/api/v1/api-keys").expect(200).json();
    assert_eq!(list["apiKeys"].as_array().unwrap().len(), 1);
    let _ = admin.get(&path).expect(200);
    let _ = admin.delete(&path).expect(204);
    let _ = admin.get(&path).expect(404);
    let _ = key.get("/api/v1/auth/me").expect(401);
}

#[test]
fn a_repeated_request_with_the_same_name_makes_one_key() {
    let server = Server::start();
    let admin = server.browser("admin");
    let create = |name: &str| {
        let request = Request::new("POST", "/api/auth/api-keys").same_origin();
        let request = request.header("Idempotency-Key", "one");
        admin.send(request.json(&json!({"name": name})))
    };
    let first = create("deploy").expect(200);
    assert_eq!(first.body, create("deploy").expect(200).body, "the key too");
    assert_eq!(create("other").expect(422).code(), "idempotency_key_reused");
    assert_eq!(server.events(EventName::API_KEY_CREATED).len(), 1);
}
