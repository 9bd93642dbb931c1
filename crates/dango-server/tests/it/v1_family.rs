//! Setup, users, workspaces and audit of the v1 family, with the examples its users copy.

use dango_testkit::http::{Client as _, Request, Response};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Server, text};

fn setup(server: &Server, body: &Value, from: Option<&str>) -> Response {
    let request = Request::new("POST", "/api/v1/auth/setup").json(body);
    let request = match from {
        Some(address) => request.header("X-Forwarded-For", address),
        None => request,
    };
    server.anonymous().send(request)
}

#[test]
fn setup_works_once_and_is_closed_for_ever() {
    let server = Server::bare(&[]);
    let body = json!({"username": "admin", "password": "your-password"});
    let weak = setup(
        &server,
        &json!({"username": "admin", "password": "password"}),
        None,
    )
    .expect(400);
    assert_eq!(weak.code(), "weak_password");
    let done = setup(&server, &body, None).expect(200).json();
    assert_eq!(done["user"]["role"], "admin");
    assert_eq!(text(&done, "/token").len(), 43);
    assert_eq!(
        setup(&server, &body, None).expect(403).code(),
        "setup_completed"
    );
}

#[test]
fn from_another_machine_setup_needs_the_token() {
    let server = Server::bare(&[("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1")]);
    let token = server.auth.setup().issue_token().unwrap();
    let body = |token: Option<&str>| json!({"username": "admin", "password": PASSWORD, "setupToken": token});
    let afar = Some("203.0.113.9");
    assert_eq!(
        setup(&server, &body(None), afar).expect(403).code(),
        "setup_token_invalid"
    );
    let _ = setup(&server, &body(Some("dango_setup_x")), afar).expect(403);
    let _ = setup(&server, &body(Some(token.expose())), afar).expect(200);
}

#[test]
fn of_two_parallel_setups_one_wins() {
    let server = Server::bare(&[]);
    let server = &server;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4)
            .map(|number| {
                let body = json!({"username": format!("admin{number}"), "password": PASSWORD});
                scope.spawn(move || setup(server, &body, None).status)
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 403).count(),
        3,
        "{statuses:?}"
    );
}

#[test]
fn users_are_made_listed_changed_and_removed() {
    let server = Server::start();
    let admin = server.script("admin");
    let everywhere = json!({
        "username": "alice", "password": "min-8-chars", "role": "developer", "workspaceAccess": {"all": true},
    });
    let made = admin.post("/api/v1/users", &everywhere).expect(201);
    let alice = made.json();
    let path = format!("/api/v1/users/{}", text(&alice, "/user/id"));
    assert_eq!(made.header("location"), Some(path.as_str()));
    assert_eq!(alice["user"]["mustChangePassword"], false);
    let _ = admin.post("/api/v1/users", &everywhere).expect(409);
    let selected = json!({
        "username": "bob", "password": "min-8-chars", "role": "viewer",
        "workspaceAccess": {"all": false, "grants": [
            {"workspace": "ops", "role": "operator"}, {"workspace": "prod", "role": "viewer"},
        ]},
    });
    let bob = admin.post("/api/v1/users", &selected).expect(201).json();
    assert_eq!(
        bob["user"]["workspaceAccess"]["grants"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let list = admin.get("/api/v1/users").expect(200).json();
    assert_eq!(list["users"].as_array().unwrap().len(), 3);
    let page = admin.get("/api/v1/users?limit=2").expect(200).json();
    let next = text(&page, "/nextCursor");
    let rest = admin
        .get(&format!("/api/v1/users?limit=2&cursor={next}"))
        .expect(200)
        .json();
    assert_eq!(rest["users"].as_array().unwrap().len(), 1);
    assert!(rest.get("nextCursor").is_none());
    let changed = admin
        .patch(&path, &json!({"role": "manager", "isDisabled": true}))
        .expect(200)
        .json();
    assert_eq!(
        (&changed["user"]["role"], &changed["user"]["isDisabled"]),
        (&json!("manager"), &json!(true))
    );
    let unchanged = admin.patch(&path, &json!({})).expect(200).json();
    assert_eq!(unchanged["user"]["role"], "manager");
    assert!(admin.delete(&path).expect(204).body.is_empty());
    let _ = admin.get(&path).expect(404);
}

#[test]
fn a_change_decided_on_an_old_state_is_refused() {
    let server = Server::start();
    let ann = server.person("ann", "viewer");
    let admin = server.script("admin");
    let path = format!("/api/v1/users/{}", ann.id);
    let tag = admin
        .get(&path)
        .expect(200)
        .header("etag")
        .unwrap()
        .to_owned();
    let change = |tag: &str, role: &str| {
        admin.send(
            Request::new("PATCH", &path)
                .header("If-Match", tag)
                .json(&json!({"role": role})),
        )
    };
    let after = change(&tag, "editor")
        .expect(200)
        .header("etag")
        .unwrap()
        .to_owned();
    assert_ne!(tag, after);
    assert_eq!(change(&tag, "operator").expect(412).code(), "stale_version");
    let _ = change("\"nonsense\"", "operator").expect(412);
    let _ = change(&format!("W/{after}"), "operator").expect(412);
    let _ = change("*", "operator").expect(200);
}

#[test]
fn a_reset_password_must_be_changed_unless_said_otherwise() {
    let server = Server::start();
    let ann = server.person("ann", "viewer");
    let admin = server.script("admin");
    let before = server.script("ann");
    let path = format!("/api/v1/users/{}/reset-password", ann.id);
    let _ = admin
        .post(&path, &json!({"newPassword": "another good one"}))
        .expect(200);
    let _ = before.get("/api/v1/auth/me").expect(401);
    let login = |password: &str| {
        let body = json!({"username": "ann", "password": password});
        server
            .anonymous()
            .send(Request::new("POST", "/api/v1/auth/login").json(&body))
            .expect(200)
            .json()
    };
    assert_eq!(
        login("another good one")["user"]["mustChangePassword"],
        true
    );
    let body = json!({"newPassword": "yet another one", "mustChangePassword": false});
    let _ = admin.post(&path, &body).expect(200);
    assert_eq!(
        login("yet another one")["user"]["mustChangePassword"],
        false
    );
    let weak = admin
        .post(&path, &json!({"newPassword": "password"}))
        .expect(400);
    assert_eq!(weak.code(), "weak_password");
}

#[test]
fn workspace_access_is_checked_with_its_field_named() {
    let server = Server::start();
    let admin = server.script("admin");
    let create = |role: &str, access: Value| {
        let body = json!({"username": "x", "password": "min-8-chars", "role": role, "workspaceAccess": access});
        admin.post("/api/v1/users", &body)
    };
    let grant = |workspace: &str, role: &str| json!({"workspace": workspace, "role": role});
    for (role, access, field) in [
        ("king", json!({"all": true}), "role"),
        ("viewer", json!({}), "workspaceAccess.grants"),
        (
            "viewer",
            json!({"all": false, "grants": []}),
            "workspaceAccess.grants",
        ),
        (
            "editor",
            json!({"all": false, "grants": [grant("ops", "viewer")]}),
            "workspaceAccess.all",
        ),
        (
            "viewer",
            json!({"all": true, "grants": [grant("ops", "viewer")]}),
            "workspaceAccess.grants",
        ),
        (
            "viewer",
            json!({"all": false, "grants": [grant("ops", "admin")]}),
            "workspaceAccess.grants[0].role",
        ),
        (
            "viewer",
            json!({"all": false, "grants": [grant("ops", "king")]}),
            "workspaceAccess.grants[0].role",
        ),
        (
            "viewer",
            json!({"all": false, "grants": [grant("all", "viewer")]}),
            "workspaceAccess.grants[0].workspace",
        ),
        (
            "viewer",
            json!({"all": false, "grants": [grant("", "viewer")]}),
            "workspaceAccess.grants[0].workspace",
        ),
        (
            "viewer",
            json!({"all": false, "grants": [grant("ops", "viewer"), grant("ops", "editor")]}),
            "workspaceAccess.grants[1].workspace",
        ),
    ] {
        let answer = create(role, access.clone()).expect(400);
        assert_eq!(
            answer.json()["errors"][0]["field"],
            field,
            "{role} {access}: {}",
            answer.text()
        );
    }
}

#[test]
fn workspaces_are_shown_to_those_who_may_see_them() {
    let server = Server::start();
    server.scoped("ann", &[("ops", "operator")]);
    let admin = server.script("admin");
    let made = admin
        .post(
            "/api/v1/workspaces",
            &json!({"name": "prod", "description": "live"}),
        )
        .expect(201);
    let prod = made.json();
    assert_eq!(prod["description"], "live");
    let path = format!("/api/v1/workspaces/{}", text(&prod, "/id"));
    assert_eq!(made.header("location"), Some(path.as_str()));
    let names = |client: &dango_testkit::http::WithBearer| -> Vec<String> {
        let list = client.get("/api/v1/workspaces").expect(200).json();
        list["workspaces"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| text(it, "/name"))
            .collect()
    };
    let ann = server.script("ann");
    assert_eq!(names(&admin), ["ops", "prod"]);
    assert_eq!(names(&ann), ["ops"]);
    let _ = ann.get(&path).expect(404);
    let _ = ann.delete(&path).expect(403);
    assert_eq!(
        admin
            .post("/api/v1/workspaces", &json!({"name": "prod"}))
            .expect(409)
            .code(),
        "workspace_exists"
    );
    for bad in ["All", "default", "a b", "ä", ""] {
        let _ = admin
            .post("/api/v1/workspaces", &json!({"name": bad}))
            .expect(400);
    }
}

#[test]
fn renaming_and_deleting_a_workspace_takes_the_grants_along() {
    let server = Server::start();
    let ann = server.scoped("ann", &[("ops", "operator")]);
    let admin = server.script("admin");
    let list = admin.get("/api/v1/workspaces").expect(200).json();
    let path = format!("/api/v1/workspaces/{}", text(&list, "/workspaces/0/id"));
    let renamed = admin
        .patch(&path, &json!({"name": "operations"}))
        .expect(200)
        .json();
    assert_eq!(renamed["name"], "operations");
    let user = || {
        admin
            .get(&format!("/api/v1/users/{}", ann.id))
            .expect(200)
            .json()
    };
    assert_eq!(
        user()["user"]["workspaceAccess"]["grants"][0]["workspace"],
        "operations"
    );
    let verify = |workspace: &str| {
        let path = format!("/api/auth/verify?permission=source.sync&workspace={workspace}");
        server.script("ann").get(&path).status
    };
    assert_eq!((verify("operations"), verify("ops")), (204, 403));
    let _ = admin.delete(&path).expect(204);
    assert_eq!(
        user()["user"]["workspaceAccess"],
        json!({"all": false, "grants": []})
    );
    assert_eq!(verify("operations"), 403);
}

#[test]
fn the_audit_log_is_paged_in_camel_case() {
    let server = Server::start();
    let admin = server.script("admin");
    for name in ["a", "b", "c"] {
        let _ = admin
            .post("/api/v1/workspaces", &json!({"name": name}))
            .expect(201);
    }
    let page = admin
        .get("/api/v1/audit?action=workspace_created&limit=2")
        .expect(200)
        .json();
    assert_eq!(page["entries"][0]["resourceName"], "c", "newest first");
    assert_eq!(page["entries"][0]["username"], "admin");
    let next = text(&page, "/nextCursor");
    let path = format!("/api/v1/audit?action=workspace_created&limit=2&cursor={next}");
    let rest = admin.get(&path).expect(200).json();
    assert_eq!(rest["entries"].as_array().unwrap().len(), 1);
    let _ = admin.get("/api/v1/audit?action=no_such_event").expect(400);
    let _ = admin.get("/api/v1/audit?startTime=yesterday").expect(400);
}
