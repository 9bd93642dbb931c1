//! People as an administrator makes them over HTTP, and questions about what they may do.

use dango_testkit::http::{Client, Response};
use serde_json::json;

use crate::installation::PASSWORD;

/// Makes somebody whose password works at once; answers the id.
#[track_caller]
pub(crate) fn make(admin: &impl Client, name: &str, role: &str) -> String {
    let body = json!({"username": name, "password": PASSWORD, "role": role});
    let made = admin.post("/api/v1/users", &body).expect(201).json();
    made["user"]["id"].as_str().unwrap().to_owned()
}

/// Asks whether the caller may do something: 204, 401 or 403.
pub(crate) fn verify(client: &impl Client, permission: &str) -> Response {
    client.get(&format!("/api/auth/verify?permission={permission}"))
}
