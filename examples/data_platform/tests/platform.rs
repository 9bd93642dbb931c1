//! The platform as its users meet it: every route asks for its permission, in the workspace it is asked in.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::process::Command;

use dango_testkit::http::{Client as _, Request, WithBearer, WithCookies};
use dango_testkit::process::Running;
use serde_json::json;
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";

/// Every route with its permission.
const ROUTES: [(&str, &str, &str); 29] = [
    ("GET", "/api/sources", "source.view"),
    (
        "GET",
        "/api/sources/crm/credentials",
        "source.view_credentials",
    ),
    ("POST", "/api/sources/crm/sync", "source.sync"),
    ("PUT", "/api/sources/crm", "source.manage"),
    ("POST", "/api/sources/crm/csv", "csv.upload"),
    ("DELETE", "/api/sources/crm/csv", "csv.delete"),
    ("GET", "/api/models", "dbt.view"),
    ("POST", "/api/models/orders/run", "dbt.run"),
    ("PUT", "/api/models/orders", "dbt.manage"),
    ("GET", "/api/dashboards", "dashboard.view"),
    ("POST", "/api/dashboards/sales", "dashboard.create"),
    ("PUT", "/api/dashboards/sales", "dashboard.manage"),
    ("POST", "/api/queries/q1", "query.execute"),
    ("GET", "/api/services", "health.view"),
    ("GET", "/api/logs", "logs.view"),
    ("POST", "/api/services/dbt/restart", "platform.manage"),
    ("GET", "/api/config", "config.view"),
    ("PUT", "/api/config/region", "config.manage"),
    ("GET", "/api/people", "users.view"),
    ("POST", "/api/people/ann/welcome", "users.manage"),
    ("PUT", "/api/sign-in-rules/second-factor", "auth.manage"),
    ("GET", "/api/activity", "audit.view"),
    ("GET", "/api/notebooks", "notebooks.view"),
    ("POST", "/api/notebooks/n1/run", "notebooks.execute"),
    ("PUT", "/api/notebooks/n1", "notebooks.manage"),
    ("GET", "/api/catalog", "governance.view"),
    ("PUT", "/api/catalog/orders", "governance.manage"),
    ("GET", "/api/schedules", "scheduler.view"),
    ("PUT", "/api/schedules/nightly", "scheduler.manage"),
];

/// The running program with its first administrator.
struct Platform {
    url: String,
    admin: WithBearer,
    _process: Running,
    _folder: TempDir,
}

impl Platform {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_example-data-platform"));
        command
            .env("DANGO_AUTH__HASHING__MEMORY_KIB", "7168")
            .env("DANGO_AUTH__HASHING__ITERATIONS", "5")
            .arg(folder.path())
            .arg("127.0.0.1:0");
        let process = Running::start(&mut command);
        let line = process.wait_for_line("the platform listens on ");
        let url = line.rsplit(' ').next().unwrap().to_owned();
        let setup = json!({"username": "admin", "password": PASSWORD});
        let made = WithCookies::new(&url).post("/api/v1/auth/setup", &setup);
        let token = made.expect(200).json()["token"]
            .as_str()
            .unwrap()
            .to_owned();
        Self {
            admin: WithBearer::new(&url, &token),
            url,
            _process: process,
            _folder: folder,
        }
    }

    /// Makes somebody and signs in.
    fn person(&self, name: &str, role: &str, grants: &[(&str, &str)]) -> WithBearer {
        let grants = grants
            .iter()
            .map(|(workspace, role)| json!({"workspace": workspace, "role": role}));
        let access = json!({"all": grants.len() == 0, "grants": grants.collect::<Vec<_>>()});
        let body = json!({"username": name, "password": PASSWORD, "role": role, "workspaceAccess": access});
        let _ = self.admin.post("/api/v1/users", &body).expect(201);
        let body = json!({"username": name, "password": PASSWORD});
        let answer = self
            .admin
            .post("/api/v1/auth/login", &body)
            .expect(200)
            .json();
        WithBearer::new(&self.url, answer["token"].as_str().unwrap())
    }
}

#[test]
fn every_permission_guards_one_route_for_every_role() {
    let platform = Platform::start();
    let roles = platform.admin.get("/api/roles").expect(200).json();
    for role in roles.as_array().unwrap() {
        let name = role["name"].as_str().unwrap();
        let held = role["permissions"].as_array().unwrap();
        let somebody = platform.person(&format!("some-{name}"), name, &[]);
        for (method, path, permission) in ROUTES {
            let answer = somebody.send(Request::new(method, path));
            let expected = if held.contains(&json!(permission)) {
                200
            } else {
                403
            };
            assert_eq!(
                answer.status,
                expected,
                "{name}: {method} {path}: {}",
                answer.text()
            );
        }
    }
    let permissions = platform.admin.get("/api/permissions").expect(200).json();
    let known = permissions
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["name"].as_str().unwrap());
    let mut guarded: Vec<&str> = ROUTES
        .iter()
        .map(|(_, _, permission)| *permission)
        .collect();
    let mut known: Vec<&str> = known.collect();
    guarded.sort_unstable();
    known.sort_unstable();
    assert_eq!(guarded, known);
}

#[test]
fn workspaces_keep_their_rows_apart() {
    let platform = Platform::start();
    let ben = platform.person("ben", "viewer", &[("sales", "editor"), ("ads", "viewer")]);
    let sync = |workspace: &str| {
        ben.post(
            &format!("/api/sources/crm/sync?workspace={workspace}"),
            &json!({}),
        )
    };
    let row = sync("sales").expect(200).json();
    assert_eq!(
        (&row["last_act"], &row["by_whom"]),
        (&json!("source.sync"), &json!("ben"))
    );
    let told = |workspace: &str| {
        let answer = sync(workspace);
        format!("{} {}", answer.status, answer.code())
    };
    let shown = format!("200 {row}\n{}\n{}\n", told("ads"), told("secret"));
    assert!(
        include_str!("../README.md").contains(&shown),
        "the README lacks:\n{shown}"
    );
    let rows = |path: &str| ben.get(path).expect(200).json().as_array().unwrap().len();
    assert_eq!(rows("/api/sources?workspace=sales"), 1);
    assert_eq!(rows("/api/sources?workspace=ads"), 0);
    assert_eq!(rows("/api/sources"), 0);
}

#[test]
fn the_documented_curl_works_and_so_do_the_pages() {
    let platform = Platform::start();
    let browser = WithCookies::new(&platform.url);
    assert_eq!(
        browser.get("/api/sources").expect(401).code(),
        "unauthenticated"
    );
    let login = json!({"email": "admin", "password": PASSWORD});
    let _ = browser
        .send(Request::new("POST", "/api/auth/login").json(&login))
        .expect(200);
    assert_eq!(browser.get("/api/sources").expect(200).json(), json!([]));
    let sync = Request::new("POST", "/api/sources/crm/sync").header("X-Requested-With", "curl");
    assert_eq!(browser.send(sync).status, 200);
    assert_eq!(
        browser
            .send(Request::new("POST", "/api/sources/crm/sync"))
            .status,
        403
    );
    assert!(
        browser
            .get("/settings/users")
            .expect(200)
            .text()
            .contains("admin")
    );
}
