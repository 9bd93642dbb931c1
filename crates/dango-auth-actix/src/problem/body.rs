//! The members of a problem, for our clients and those of the two older systems.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use serde::Serialize;

use super::Problem;

/// The media type of RFC 9457.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The field, with dots and indexes: `workspace_access.grants[0].role`.
    pub field: String,
    /// A stable word: `required`, `wrong_type`, `unknown`, …
    pub code: Cow<'static, str>,
    /// Words for people.
    pub message: String,
}

impl FieldProblem {
    /// Names the field, the stable word and the words for people.
    pub fn new(
        field: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        }
    }
}

/// A problem as it is written to the wire.
#[derive(Debug, Serialize)]
pub struct ProblemBody<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    message: &'a str,
    error_code: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldProblem],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    issues: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_seconds: Option<u64>,
}

impl<'a> From<&'a Problem> for ProblemBody<'a> {
    fn from(problem: &'a Problem) -> Self {
        let status = problem.status();
        Self {
            r#type: format!("urn:dango-auth:problem:{}", problem.code()),
            title: status.canonical_reason().unwrap_or("Refused"),
            status: status.as_u16(),
            detail: problem.detail(),
            code: problem.code(),
            message: problem.detail(),
            error_code: error_code(status),
            errors: problem.errors(),
            issues: problem.issues(),
            remaining_seconds: problem.remaining_seconds(),
        }
    }
}

/// The code that clients of the Dango platform know a status by (contract §4).
fn error_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "DANGO-S001",
        403 => "DANGO-S002",
        404 => "DANGO-S003",
        409 => "DANGO-S004",
        423 => "DANGO-S006",
        429 => "DANGO-W002",
        500.. => "DANGO-G001",
        _ => "DANGO-V001",
    }
}
