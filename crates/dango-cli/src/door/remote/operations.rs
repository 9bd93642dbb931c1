//! What is asked of a server: the operations of its API that the command line uses.
//!
//! A test compares them with `docs/reference/openapi.json`, which the server's own list of routes makes.

use std::fmt;

use serde_json::Value;

/// One operation with the members it is sent.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// Parameters of the query that are used.
    pub(super) query: &'static [&'static str],
    /// Members of the body that are used.
    pub(super) body: &'static [&'static str],
    /// The schema of the answer, in brackets for a list of it; `[]` for a list of what has no name.
    #[cfg(test)]
    pub(super) answer: &'static str,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Operation {
    /// Whether a description has it.
    pub(super) fn is_in(&self, description: &Value) -> bool {
        let method = self.method.to_ascii_lowercase();
        let operations = description.get("paths").and_then(|it| it.get(self.path));
        operations.is_some_and(|it| it.get(method).is_some())
    }
}

macro_rules! operations {
    ($($name:ident = $method:literal $path:literal ? $query:tt { $($body:literal),* } -> $answer:literal;)+) => {
        $(pub(super) const $name: Operation = Operation {
            method: $method,
            path: $path,
            query: &$query,
            body: &[$($body),*],
            #[cfg(test)]
            answer: $answer,
        };)+

        /// All of them.
        #[cfg(test)]
        pub(super) const ALL: &[&Operation] = &[$(&$name),+];
    };
}

operations! {
    DESCRIPTION = "GET" "/api/openapi.json" ? [] {} -> "";
    ME = "GET" "/api/auth/me" ? [] {} -> "Me";
    LIST_USERS = "GET" "/api/admin/users" ? ["limit", "cursor", "q", "role", "status"] {} -> "[UserObject]";
    CREATE_USER = "POST" "/api/admin/users" ? [] { "email", "role", "generate_password", "workspace_access" } -> "CreatedUserObject";
    GET_USER = "GET" "/api/admin/users/{id}" ? [] {} -> "UserObject";
    DELETE_USER = "DELETE" "/api/admin/users/{id}" ? [] { "confirm_email" } -> "Done";
    RESET_PASSWORD = "POST" "/api/admin/users/{id}/reset-password" ? [] {} -> "CreatedUserObject";
    CHANGE_ROLE = "PUT" "/api/admin/users/{id}/role" ? [] { "role" } -> "UserObject";
    DEACTIVATE = "POST" "/api/admin/users/{id}/deactivate" ? [] {} -> "Done";
    REACTIVATE = "POST" "/api/admin/users/{id}/reactivate" ? [] {} -> "UserObject";
    UNLOCK = "POST" "/api/admin/users/{id}/unlock" ? [] {} -> "Done";
    REINVITE = "POST" "/api/admin/users/{id}/reinvite" ? [] {} -> "Invited";
    RESET_SECOND_FACTOR = "POST" "/api/admin/users/{id}/reset-2fa" ? [] {} -> "Done";
    GRANT = "PUT" "/api/admin/users/{id}/grants" ? [] { "workspace", "role", "only" } -> "UserObject";
    REVOKE_GRANT = "DELETE" "/api/admin/users/{id}/grants" ? [] { "workspace" } -> "UserObject";
    EXPLAIN = "GET" "/api/admin/users/{id}/explanation" ? ["permission", "workspace"] {} -> "ExplanationObject";
    LIST_SESSIONS = "GET" "/api/admin/users/{id}/sessions" ? [] {} -> "[]";
    REVOKE_SESSIONS = "POST" "/api/admin/users/{id}/revoke-sessions" ? [] {} -> "RevokedSessions";
    LIST_KEYS = "GET" "/api/admin/api-keys" ? ["limit", "cursor", "owner"] {} -> "[ApiKeyObject]";
    LIST_WORKSPACES = "GET" "/api/v1/workspaces" ? ["limit", "cursor"] {} -> "Workspaces";
    CREATE_WORKSPACE = "POST" "/api/v1/workspaces" ? [] { "name", "description" } -> "WorkspaceItem";
    DELETE_WORKSPACE = "DELETE" "/api/v1/workspaces/{id}" ? [] {} -> "";
    SHOW_SETTINGS = "GET" "/api/admin/settings" ? [] {} -> "SettingsObject";
    CHANGE_SETTINGS = "PUT" "/api/admin/settings" ? [] { "*" } -> "SettingsObject";
    AUDIT = "GET" "/api/admin/audit" ? ["since", "until", "type", "actor", "user", "limit", "format"] {} -> "Events";
    VERIFY_AUDIT = "GET" "/api/admin/audit/chain" ? [] {} -> "ChainObject";
    ROLES = "GET" "/api/roles" ? [] {} -> "[]";
    STATUS = "GET" "/api/admin/status" ? [] {} -> "StatusObject";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description() -> Value {
        let page = dango_testbase::generated::repository().join("docs/reference/openapi.json");
        serde_json::from_str(&std::fs::read_to_string(page).unwrap()).unwrap()
    }

    /// Follows a reference.
    fn resolved<'a>(description: &'a Value, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => description
                .pointer(reference.trim_start_matches('#'))
                .unwrap(),
            None => schema,
        }
    }

    #[test]
    fn every_operation_is_in_the_description_with_what_is_sent() {
        let description = description();
        for operation in ALL {
            assert!(operation.is_in(&description), "{operation} is not there");
            let method = operation.method.to_ascii_lowercase();
            let described = &description["paths"][operation.path][method];
            let parameters = described["parameters"].as_array();
            let known: Vec<&str> = parameters
                .into_iter()
                .flatten()
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();
            for name in operation.query {
                assert!(
                    known.contains(name),
                    "{operation}: {name} is not in {known:?}"
                );
            }
            let body = &described["requestBody"]["content"]["application/json"]["schema"];
            let body = resolved(&description, body);
            for member in operation.body.iter().filter(|member| **member != "*") {
                assert!(
                    body["properties"][member].is_object(),
                    "{operation}: {member} of {body}"
                );
            }
            let required = body["required"].as_array().into_iter().flatten();
            for member in required.filter_map(Value::as_str) {
                assert!(
                    operation.body.contains(&member),
                    "{operation} needs {member}"
                );
            }
        }
    }

    #[test]
    fn every_answer_is_the_object_that_is_read() {
        let description = description();
        for operation in ALL.iter().filter(|operation| !operation.answer.is_empty()) {
            let method = operation.method.to_ascii_lowercase();
            let responses = &description["paths"][operation.path][method]["responses"];
            let (_, answer) = responses
                .as_object()
                .unwrap()
                .iter()
                .find(|(status, _)| status.starts_with('2'))
                .unwrap();
            let schema = &answer["content"]["application/json"]["schema"];
            let listed = operation.answer.strip_prefix('[');
            let (name, found) = match listed.and_then(|name| name.strip_suffix(']')) {
                Some(name) => (name, &schema["items"]),
                None => (operation.answer, schema),
            };
            if name.is_empty() {
                assert_eq!(found["type"], "object", "{operation}");
                continue;
            }
            // Items of lists stand there in full.
            let known = &description["components"]["schemas"][name];
            assert!(known.is_object(), "{operation}: there is no {name}");
            assert_eq!(resolved(&description, found), known, "{operation}");
        }
    }
}
