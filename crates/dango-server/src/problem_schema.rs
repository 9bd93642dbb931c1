//! The schema of refusals, for the OpenAPI document.

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema};

/// A refusal (RFC 9457).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what dango-auth-actix writes")]
struct Problem {
    /// Names the kind of problem.
    #[schema(example = "urn:dango-auth:problem:last_admin")]
    r#type: String,
    /// The status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened, for people.
    detail: String,
    /// What happened, for programs; stable.
    #[schema(example = "last_admin")]
    code: String,
    /// The same as `detail`.
    message: String,
    /// The status in the Dango platform's words.
    #[schema(example = "DANGO-S004")]
    error_code: String,
    /// What is wrong with single fields.
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
    /// What the password rules say.
    #[schema(required = false)]
    issues: Vec<String>,
    /// How long a lock still holds.
    #[schema(required = false)]
    remaining_seconds: u64,
}

/// What is wrong with one field.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what dango-auth-actix writes")]
struct FieldProblem {
    /// The field, with dots and indexes.
    #[schema(example = "workspace_access.grants[0].role")]
    field: String,
    /// A stable word.
    code: String,
    /// Words for people.
    message: String,
}

/// Name and schema.
pub(crate) fn named() -> (String, RefOr<Schema>) {
    ("Problem".to_owned(), Problem::schema())
}

/// The schemas it refers to.
pub(crate) fn parts() -> Vec<(String, RefOr<Schema>)> {
    let mut parts = Vec::new();
    Problem::schemas(&mut parts);
    parts
}
