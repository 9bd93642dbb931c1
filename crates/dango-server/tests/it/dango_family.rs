//! Matrix, settings, audit, verify and health.

use dango_auth::core::audit::EventName;
use dango_testkit::http::{Client as _, Request, WithBearer};
use serde_json::json;

use crate::harness::{Server, text};

#[test]
fn the_matrix_has_six_roles_and_29_permissions() {
    let server = Server::start();
    server.person("vic", "viewer");
    let viewer = server.browser("vic");
    let roles = viewer.get("/api/roles").expect(200).json();
    let counts: Vec<(String, usize)> = roles
        .as_array()
        .unwrap()
        .iter()
        .map(|role| {
            (
                text(role, "/name"),
                role["permissions"].as_array().unwrap().len(),
            )
        })
        .collect();
    let expected = [
        ("viewer", 8),
        ("operator", 11),
        ("editor", 19),
        ("developer", 20),
        ("manager", 24),
        ("admin", 29),
    ];
    assert_eq!(
        counts,
        expected.map(|(name, count)| (name.to_owned(), count))
    );
    let permissions = viewer.get("/api/permissions").expect(200).json();
    assert_eq!(permissions.as_array().unwrap().len(), 29);
    let query = permissions
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "query.execute");
    assert_eq!(query.unwrap()["domain"], "dashboard");
}

#[test]
fn settings_show_their_origin_and_change_at_once() {
    let server = Server::start();
    let admin = server.browser("admin");
    let before = admin.get("/api/admin/settings").expect(200).json();
    assert_eq!(before["settings"]["idle_timeout_minutes"]["value"], 1440);
    assert!(before["settings"].get("metabase.password").is_none());
    let after = admin
        .put("/api/admin/settings", &json!({"idle_timeout_minutes": 720}))
        .expect(200)
        .json();
    assert_eq!(after["settings"]["idle_timeout_minutes"]["value"], 720);
    assert_ne!(
        after["settings"]["idle_timeout_minutes"]["origin"],
        before["settings"]["idle_timeout_minutes"]["origin"]
    );
    for bad in [
        json!({"idle_timeout_minutes": 0}),
        json!({"idle_timeout_minutes": "720"}),
        json!({"no_such": 1}),
        json!({"database_url": "sqlite:x"}),
        json!({"require_2fa": "yes"}),
        json!({"idle_timeout_minutes": 60, "no_such": 1}),
    ] {
        let answer = admin.put("/api/admin/settings", &bad).expect(400);
        assert!(
            !answer.json()["errors"].as_array().unwrap().is_empty(),
            "{bad}"
        );
    }
    let still = admin.get("/api/admin/settings").expect(200).json();
    assert_eq!(
        still["settings"]["idle_timeout_minutes"]["value"], 720,
        "all or none"
    );
    assert_eq!(server.events(EventName::SETTINGS_CHANGED).len(), 1);
}

#[test]
fn the_audit_log_comes_in_three_formats() {
    let server = Server::start();
    let admin = server.browser("admin");
    let body = json!({"email": "=cmd@example.org"});
    let _ = admin.post("/api/admin/users", &body);
    let page = admin.get("/api/admin/audit?limit=2").expect(200);
    let events = page.json();
    assert_eq!(events["events"].as_array().unwrap().len(), 2);
    assert!(page.header("link").is_some() || events["next_cursor"].is_null());
    let lines = admin.get("/api/admin/audit?format=jsonl").expect(200);
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    for line in lines.text().lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(event["id"].is_i64() && event["event"].is_string());
    }
    let csv = admin.get("/api/admin/audit?format=csv").expect(200);
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    assert!(
        csv.header("content-disposition")
            .unwrap()
            .contains("audit.csv")
    );
    assert!(csv.text().starts_with("id,timestamp,event,"));
    assert!(!csv.text().contains(",=cmd"));
    let exports = server.events(EventName::AUDIT_EXPORTED).len();
    assert_eq!(exports, 2);
    let _ = admin.get("/api/admin/audit?format=xml").expect(400);
    let _ = admin.get("/api/admin/audit?type=no_such").expect(400);
    let _ = admin
        .get("/api/admin/audit?since=2026-01-01&until=2026-12-31T00:00:00Z&actor=admin")
        .expect(200);
    let old = admin
        .get("/api/admin/audit?type=login_failure")
        .expect(200)
        .json();
    assert_eq!(old["events"], json!([]));
}

#[test]
fn an_event_says_who_what_whence_and_which_request() {
    let server = Server::start();
    let admin = server.browser("admin");
    let request = Request::new("POST", "/api/v1/workspaces").same_origin();
    let request = request
        .header("User-Agent", "probe/1")
        .json(&json!({"name": "ops"}));
    let answer = admin.send(request).expect(201);
    let path = "/api/admin/audit?type=workspace_created";
    let event = admin.get(path).expect(200).json()["events"][0].clone();
    assert_eq!(event["actor"]["name"], "admin");
    assert_eq!(
        (&event["via"], &event["ip"]),
        (&json!("api"), &json!("127.0.0.1"))
    );
    assert_eq!(
        (&event["user_agent"], &event["workspace"]),
        (&json!("probe/1"), &json!("ops"))
    );
    assert_eq!(event["request_id"].as_str(), answer.header("x-request-id"));
}

#[test]
fn verify_answers_for_proxies() {
    let server = Server::start();
    server.person("vic", "viewer");
    server.scoped("ann", &[("ops", "operator")]);
    let ask = |login: &str, query: &str| {
        server
            .script(login)
            .get(&format!("/api/auth/verify{query}"))
    };
    let admin = ask("admin", "?permission=users.manage").expect(204);
    assert_eq!(admin.header("x-dango-user"), Some("admin"));
    assert_eq!(admin.header("x-dango-role"), Some("admin"));
    assert_eq!(admin.header("x-dango-user-id").unwrap().len(), 36);
    assert!(admin.body.is_empty());
    assert_eq!(
        ask("vic", "?permission=users.manage").expect(403).code(),
        "permission_denied"
    );
    let _ = ask("vic", "?permission=dashboard.view").expect(204);
    let _ = ask("vic", "").expect(204);
    let unknown = ask("admin", "?permission=no.such").expect(400);
    assert_eq!(unknown.json()["errors"][0]["field"], "permission");
    let _ = ask("ann", "?permission=source.sync").expect(403);
    let _ = ask("ann", "?permission=source.sync&workspace=ops").expect(204);
    let _ = ask("ann", "?permission=source.view&workspace=hidden").expect(403);
    let _ = ask("ann", "?permission=source.view&workspace=a%20b").expect(400);
    let _ = server
        .anonymous()
        .get("/api/auth/verify?permission=users.manage")
        .expect(401);
    let denied = server.events(EventName::PERMISSION_DENIED);
    assert!(
        denied
            .iter()
            .any(|it| it.event.details["permission"] == "users.manage")
    );
}

#[test]
fn health_is_public_and_counters_are_for_the_machine_or_those_who_may_look() {
    let server = Server::with(&[("DANGO_AUTH__RATE_LIMIT__TRUSTED_PROXIES", "127.0.0.1")]);
    server.person("vic", "viewer");
    let visitor = server.anonymous();
    for path in ["/api/health", "/healthz", "/readyz"] {
        assert_eq!(
            visitor.get(path).expect(200).json()["status"],
            "ok",
            "{path}"
        );
    }
    let _ = visitor.get("/metrics").expect(401);
    let text = server.script("vic").get("/metrics").expect(200).text();
    assert!(
        text.contains(
            "dango_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1"
        )
    );
    let local = Server::start();
    let _ = local.anonymous().get("/metrics").expect(200);
    let forwarded = Request::new("GET", "/metrics").header("X-Forwarded-For", "127.0.0.1");
    let _ = local.anonymous().send(forwarded).expect(401);
}

#[test]
fn with_sign_in_switched_off_everybody_is_the_system() {
    let server = Server::start();
    let system = server.auth.local_caller(dango_auth::core::audit::Via::Cli);
    server.auth.configuration().switch(&system, false).unwrap();
    let visitor = server.anonymous();
    assert_eq!(
        visitor.get("/api/auth/me").expect(200).json(),
        json!({"auth_enabled": false})
    );
    let _ = visitor.get("/api/admin/users").expect(200);
    let _ = visitor
        .get("/api/auth/verify?permission=users.manage")
        .expect(204);
    let made = visitor
        .post("/api/v1/workspaces", &json!({"name": "ops"}))
        .expect(201);
    assert_eq!(made.json()["name"], "ops");
    let foreign =
        Request::new("POST", "/api/v1/workspaces").header("Origin", "http://evil.example");
    let _ = visitor
        .send(foreign.json(&json!({"name": "x"})))
        .expect(403);
    server.auth.configuration().switch(&system, true).unwrap();
    let _ = visitor.get("/api/admin/users").expect(401);
}

#[test]
fn a_request_of_the_command_line_shows_as_remote() {
    let server = Server::start();
    let key = WithBearer::new(server.url(), &server.key("admin"));
    let request = Request::new("POST", "/api/v1/workspaces").header("X-Dango-Client", "dango-cli");
    let _ = key.send(request.json(&json!({"name": "ops"}))).expect(201);
    let events = server.events(EventName::WORKSPACE_CREATED);
    assert_eq!(events[0].event.origin.via.as_str(), "remote");
}
