//! A right body for every route that takes one, and somebody who may send it.

use dango_testkit::http::{Client as _, Request, WithCookies};
use serde_json::{Map, Value, json};

use crate::harness::{PASSWORD, Server, text};

/// A request that is accepted.
pub(super) struct Sample {
    pub(super) operation: &'static str,
    pub(super) method: &'static str,
    template: &'static str,
    /// What it is answered with.
    pub(super) status: u16,
    pub(super) server: fn() -> Server,
    pub(super) client: fn(&Server) -> WithCookies,
    pub(super) path: fn(&Server) -> String,
    body: fn(&Server) -> Value,
}

impl Sample {
    pub(super) fn body(&self, server: &Server) -> Map<String, Value> {
        (self.body)(server).as_object().unwrap().clone()
    }

    /// Method and path, as the page shows them.
    pub(super) fn route(&self) -> String {
        format!("{} `{}`", self.method, self.template)
    }
}

/// Every route of the document that takes a JSON body: path, method, operation.
pub(super) fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap();
        methods
            .iter()
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    let takes_json =
        |operation: &Value| !operation["requestBody"]["content"]["application/json"].is_null();
    methods
        .filter(|(_, _, operation)| takes_json(operation))
        .collect()
}

/// The members of an operation's body.
pub(super) fn members(document: &Value, operation: &Value) -> Vec<String> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let schema = schema["$ref"].as_str().map_or(schema, |name| {
        document.pointer(name.trim_start_matches('#')).unwrap()
    });
    let members = schema["properties"].as_object();
    members
        .map(|members| members.keys().cloned().collect())
        .unwrap_or_default()
}

fn usual() -> Server {
    Server::start()
}

fn empty() -> Server {
    Server::bare(&[])
}

fn nobody(server: &Server) -> WithCookies {
    WithCookies::new(server.url())
}

fn admin(server: &Server) -> WithCookies {
    server.browser("admin")
}

/// The administrator, who has made a workspace.
fn admin_of_prod(server: &Server) -> WithCookies {
    let _ = workspace(server);
    admin(server)
}

/// Somebody with a second factor, signed in with both.
fn enrolled(server: &Server) -> WithCookies {
    let browser = server.browser("admin");
    server.enrol(&browser);
    browser
}

/// Somebody with a second factor who has given the password only.
fn partial(server: &Server) -> WithCookies {
    let _ = enrolled(server);
    let browser = WithCookies::new(server.url());
    let body = json!({"email": "admin", "password": PASSWORD});
    let login = Request::new("POST", "/api/auth/login").json(&body);
    assert_eq!(browser.send(login).expect(200).json()["requires_2fa"], true);
    browser
}

/// Somebody who has begun to set up a second factor.
fn enrolling(server: &Server) -> WithCookies {
    let browser = server.browser("admin");
    let _ = browser
        .post("/api/auth/2fa/setup", &json!({"password": PASSWORD}))
        .expect(200);
    browser
}

fn person(server: &Server) -> String {
    server.person("ann@example.org", "viewer").id.to_string()
}

fn workspace(server: &Server) -> String {
    let body = json!({"name": "prod"});
    let answer = server
        .browser("admin")
        .post("/api/v1/workspaces", &body)
        .expect(201);
    text(&answer.json(), "/id")
}

fn key(server: &Server) -> String {
    let body = json!({"name": "deploy", "role": "viewer"});
    let answer = server
        .browser("admin")
        .post("/api/v1/api-keys", &body)
        .expect(201);
    text(&answer.json(), "/apiKey/id")
}

fn everywhere() -> Value {
    json!({"all": true})
}

/// A sample of every route that takes a body.
pub(super) fn all() -> Vec<Sample> {
    let mut samples = own();
    samples.extend(of_administrators());
    samples.extend(of_grants());
    samples.extend(of_people_in_the_v1_family());
    samples.extend(of_things_in_the_v1_family());
    samples
}

fn own() -> Vec<Sample> {
    vec![
        Sample {
            operation: "login",
            method: "POST",
            template: "/api/auth/login",
            status: 200,
            server: usual,
            client: nobody,
            path: |_| "/api/auth/login".to_owned(),
            body: |_| json!({"email": "admin", "password": PASSWORD}),
        },
        Sample {
            operation: "changePassword",
            method: "POST",
            template: "/api/auth/change-password",
            status: 200,
            server: usual,
            client: admin,
            path: |_| "/api/auth/change-password".to_owned(),
            body: |_| json!({"current_password": PASSWORD, "new_password": "orange lantern tuesday"}),
        },
        Sample {
            operation: "acceptInvite",
            method: "POST",
            template: "/api/auth/accept-invite",
            status: 400,
            server: usual,
            client: nobody,
            path: |_| "/api/auth/accept-invite".to_owned(),
            body: |_| json!({"token": "A".repeat(43), "password": "orange lantern tuesday"}),
        },
        Sample {
            operation: "beginSecondFactor",
            method: "POST",
            template: "/api/auth/2fa/setup",
            status: 200,
            server: usual,
            client: admin,
            path: |_| "/api/auth/2fa/setup".to_owned(),
            body: |_| json!({"password": PASSWORD}),
        },
        Sample {
            operation: "confirmSecondFactor",
            method: "POST",
            template: "/api/auth/2fa/verify-setup",
            status: 400,
            server: usual,
            client: enrolling,
            path: |_| "/api/auth/2fa/verify-setup".to_owned(),
            body: |_| json!({"code": "000000"}),
        },
        Sample {
            operation: "giveSecondFactor",
            method: "POST",
            template: "/api/auth/2fa/verify",
            status: 400,
            server: usual,
            client: partial,
            path: |_| "/api/auth/2fa/verify".to_owned(),
            body: |_| json!({"code": "000000", "is_recovery": false}),
        },
        Sample {
            operation: "disableSecondFactor",
            method: "POST",
            template: "/api/auth/2fa/disable",
            status: 400,
            server: usual,
            client: enrolled,
            path: |_| "/api/auth/2fa/disable".to_owned(),
            body: |_| json!({"password": PASSWORD, "code": "000000"}),
        },
        Sample {
            operation: "regenerateRecovery",
            method: "POST",
            template: "/api/auth/2fa/regenerate-recovery",
            status: 400,
            server: usual,
            client: enrolled,
            path: |_| "/api/auth/2fa/regenerate-recovery".to_owned(),
            body: |_| json!({"password": PASSWORD, "code": "000000"}),
        },
        Sample {
            operation: "createOwnKey",
            method: "POST",
            template: "/api/auth/api-keys",
            status: 200,
            server: usual,
            client: admin_of_prod,
            path: |_| "/api/auth/api-keys".to_owned(),
            body: |_| json!({"name": "deploy", "expires_at": null, "expires_in_days": 30, "role": "viewer", "workspaces": ["prod"]}),
        },
    ]
}

fn of_administrators() -> Vec<Sample> {
    vec![
        Sample {
            operation: "createUser",
            method: "POST",
            template: "/api/admin/users",
            status: 201,
            server: usual,
            client: admin,
            path: |_| "/api/admin/users".to_owned(),
            body: |_| json!({"email": "ann@example.org", "role": "editor", "generate_password": false, "workspace_access": everywhere()}),
        },
        Sample {
            operation: "deleteUser",
            method: "DELETE",
            template: "/api/admin/users/{id}",
            status: 200,
            server: usual,
            client: admin,
            path: |server| format!("/api/admin/users/{}", person(server)),
            body: |_| json!({"confirm_email": "ann@example.org"}),
        },
        Sample {
            operation: "resetPassword",
            method: "POST",
            template: "/api/admin/users/{id}/reset-password",
            status: 200,
            server: usual,
            client: admin,
            path: |server| format!("/api/admin/users/{}/reset-password", person(server)),
            body: |_| json!({"revoke_api_keys": true}),
        },
        Sample {
            operation: "changeRole",
            method: "PUT",
            template: "/api/admin/users/{id}/role",
            status: 200,
            server: usual,
            client: admin,
            path: |server| format!("/api/admin/users/{}/role", person(server)),
            body: |_| json!({"role": "editor"}),
        },
        Sample {
            operation: "setAccess",
            method: "PUT",
            template: "/api/admin/users/{id}/workspace-access",
            status: 200,
            server: usual,
            client: admin,
            path: |server| format!("/api/admin/users/{}/workspace-access", person(server)),
            body: |_| json!({"workspace_access": everywhere()}),
        },
        Sample {
            operation: "changeSettings",
            method: "PUT",
            template: "/api/admin/settings",
            status: 200,
            server: usual,
            client: admin,
            path: |_| "/api/admin/settings".to_owned(),
            body: |_| json!({"require_2fa": false, "idle_timeout_minutes": 720}),
        },
    ]
}

fn of_grants() -> Vec<Sample> {
    let path: fn(&Server) -> String =
        |server| format!("/api/admin/users/{}/grants", person(server));
    vec![
        Sample {
            operation: "grant",
            method: "PUT",
            template: "/api/admin/users/{id}/grants",
            status: 200,
            server: usual,
            client: admin,
            path,
            body: |_| json!({"workspace": "ops", "role": "operator", "only": true}),
        },
        Sample {
            operation: "revokeGrant",
            method: "DELETE",
            template: "/api/admin/users/{id}/grants",
            status: 200,
            server: usual,
            client: admin,
            path: |server| {
                let path = format!("/api/admin/users/{}/grants", person(server));
                let grant = json!({"workspace": "ops", "role": "operator", "only": true});
                let _ = admin(server).put(&path, &grant).expect(200);
                path
            },
            body: |_| json!({"workspace": "ops"}),
        },
    ]
}

fn of_people_in_the_v1_family() -> Vec<Sample> {
    vec![
        Sample {
            operation: "v1Login",
            method: "POST",
            template: "/api/v1/auth/login",
            status: 200,
            server: usual,
            client: nobody,
            path: |_| "/api/v1/auth/login".to_owned(),
            body: |_| json!({"username": "admin", "password": PASSWORD}),
        },
        Sample {
            operation: "v1SecondFactor",
            method: "POST",
            template: "/api/v1/auth/second-factor",
            status: 401,
            server: usual,
            client: nobody,
            path: |_| "/api/v1/auth/second-factor".to_owned(),
            body: |_| json!({"code": "000000", "recovery": false}),
        },
        Sample {
            operation: "v1ChangePassword",
            method: "POST",
            template: "/api/v1/auth/change-password",
            status: 200,
            server: usual,
            client: admin,
            path: |_| "/api/v1/auth/change-password".to_owned(),
            body: |_| json!({"currentPassword": PASSWORD, "newPassword": "orange lantern tuesday"}),
        },
        Sample {
            operation: "v1Setup",
            method: "POST",
            template: "/api/v1/auth/setup",
            status: 200,
            server: empty,
            client: nobody,
            path: |_| "/api/v1/auth/setup".to_owned(),
            body: |_| json!({"username": "admin", "password": PASSWORD, "setupToken": null}),
        },
        Sample {
            operation: "v1CreateUser",
            method: "POST",
            template: "/api/v1/users",
            status: 201,
            server: usual,
            client: admin,
            path: |_| "/api/v1/users".to_owned(),
            body: |_| json!({"username": "alice", "email": "alice@example.org", "password": PASSWORD, "role": "viewer", "workspaceAccess": everywhere()}),
        },
        Sample {
            operation: "v1ReviseUser",
            method: "PATCH",
            template: "/api/v1/users/{id}",
            status: 200,
            server: usual,
            client: admin,
            path: |server| format!("/api/v1/users/{}", person(server)),
            body: |_| json!({"username": "alice", "email": "alice@example.org", "role": "editor", "workspaceAccess": everywhere(), "isDisabled": false}),
        },
        Sample {
            operation: "v1ResetPassword",
            method: "POST",
            template: "/api/v1/users/{id}/reset-password",
            status: 200,
            server: usual,
            client: admin,
            path: |server| format!("/api/v1/users/{}/reset-password", person(server)),
            body: |_| json!({"newPassword": "orange lantern tuesday", "mustChangePassword": true}),
        },
    ]
}

fn of_things_in_the_v1_family() -> Vec<Sample> {
    vec![
        Sample {
            operation: "v1CreateKey",
            method: "POST",
            template: "/api/v1/api-keys",
            status: 201,
            server: usual,
            client: admin,
            path: |_| "/api/v1/api-keys".to_owned(),
            body: |_| json!({"name": "deploy", "description": "of the pipeline", "role": "viewer", "workspaceAccess": everywhere(), "allowedSurfaces": ["rest_api"], "attributionClass": "user_owned", "ownerUserId": null, "expiresAt": "2099-01-01T00:00:00Z"}),
        },
        Sample {
            operation: "v1ReviseKey",
            method: "PATCH",
            template: "/api/v1/api-keys/{id}",
            status: 200,
            server: usual,
            client: admin,
            path: |server| format!("/api/v1/api-keys/{}", key(server)),
            body: |_| json!({"name": "deploy", "description": "of the pipeline", "role": "viewer", "workspaceAccess": everywhere(), "allowedSurfaces": ["rest_api"], "expiresAt": "2099-01-01T00:00:00Z"}),
        },
        Sample {
            operation: "v1CreateWorkspace",
            method: "POST",
            template: "/api/v1/workspaces",
            status: 201,
            server: usual,
            client: admin,
            path: |_| "/api/v1/workspaces".to_owned(),
            body: |_| json!({"name": "ops", "description": "operations"}),
        },
        Sample {
            operation: "v1ReviseWorkspace",
            method: "PATCH",
            template: "/api/v1/workspaces/{id}",
            status: 200,
            server: usual,
            client: admin,
            path: |server| format!("/api/v1/workspaces/{}", workspace(server)),
            body: |_| json!({"name": "ops", "description": "operations"}),
        },
    ]
}
