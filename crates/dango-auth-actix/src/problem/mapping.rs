//! From the errors of the use cases to problems: the one place that knows statuses.

use std::fmt;
use std::marker::PhantomData;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use dango_auth::{Error, Kind};

use super::{FieldProblem, Problem};

/// Which of the two older systems a route speaks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FamilyKind {
    /// `/api/auth`, `/api/admin` and the pages.
    Dango,
    /// `/api/v1`.
    V1,
}

/// A path family as a type, so that a handler's errors get its family's statuses.
pub trait Family: 'static {
    /// The family.
    const KIND: FamilyKind;
}

/// Marks handlers of `/api/auth`, `/api/admin` and the pages.
#[derive(Clone, Copy, Debug)]
pub enum Dango {}

/// Marks handlers of `/api/v1`.
#[derive(Clone, Copy, Debug)]
pub enum V1 {}

impl Family for Dango {
    const KIND: FamilyKind = FamilyKind::Dango;
}

impl Family for V1 {
    const KIND: FamilyKind = FamilyKind::V1;
}

/// A problem as a handler of one family answers it; made from use-case errors by `?`.
pub struct Refusal<F> {
    problem: Problem,
    family: PhantomData<F>,
}

impl<F> Refusal<F> {
    /// The problem itself, to look at.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The problem itself.
    pub fn into_problem(self) -> Problem {
        self.problem
    }
}

impl<F> From<Problem> for Refusal<F> {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            family: PhantomData,
        }
    }
}

impl<F: Family> From<Error> for Refusal<F> {
    fn from(error: Error) -> Self {
        Problem::of(&error, F::KIND).into()
    }
}

impl<F> fmt::Debug for Refusal<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.problem, f)
    }
}

impl<F> fmt::Display for Refusal<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.problem, f)
    }
}

impl<F> ResponseError for Refusal<F> {
    fn status_code(&self) -> StatusCode {
        self.problem.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.problem.error_response()
    }
}

impl Problem {
    /// The problem that a use-case error is for clients of one family.
    pub fn of(error: &Error, family: FamilyKind) -> Self {
        let status = status_of(error.kind(), error.code(), family);
        if matches!(error, Error::Busy { .. }) {
            // Meant to happen under load, to thousands at once; each has its line in the request log.
            tracing::debug!(error = %error, "asked to come again");
        } else if status.is_server_error() {
            tracing::error!(code = error.code(), error = %error, "a use case failed");
        }
        let problem = match error.kind() {
            Kind::Internal => Self::internal(),
            Kind::Unauthenticated if error.code() == "unauthenticated" => {
                Self::unauthenticated(true)
            }
            _ => Self::new(status, error.code(), error.to_string()),
        };
        let problem = with_challenge(problem, status);
        let problem = error.fields().iter().fold(problem, |problem, field| {
            let name = spelled(&field.field, family);
            problem.with_field(FieldProblem::new(
                name,
                field.code.clone(),
                field.message.clone(),
            ))
        });
        with_waiting_time(problem.with_issues(error.issues()), error, status)
    }
}

/// The status of each kind of error, by family (contract §4.1, §4.2).
fn status_of(kind: Kind, code: &str, family: FamilyKind) -> StatusCode {
    use FamilyKind::{Dango, V1};
    match (kind, family) {
        (Kind::Invalid, V1) if code == "wrong_password" => StatusCode::UNAUTHORIZED,
        (Kind::BadCredentials, Dango) => StatusCode::BAD_REQUEST,
        (Kind::SelfAction, Dango) => StatusCode::CONFLICT,
        (Kind::Locked, Dango) => StatusCode::LOCKED,
        _ => StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// A field's name as the family's bodies spell it; the use cases speak `snake_case`.
fn spelled(field: &str, family: FamilyKind) -> String {
    if family == FamilyKind::Dango {
        return field.to_owned();
    }
    let mut spelled = String::with_capacity(field.len());
    let mut raise = false;
    for letter in field.chars() {
        match letter {
            '_' => raise = true,
            letter if raise => {
                spelled.push(letter.to_ascii_uppercase());
                raise = false;
            }
            letter => spelled.push(letter),
        }
    }
    spelled
}

/// RFC 9110 §15.5.2: a 401 always carries a challenge.
fn with_challenge(problem: Problem, status: StatusCode) -> Problem {
    if status != StatusCode::UNAUTHORIZED || !problem.headers().is_empty() {
        return problem;
    }
    Problem::unauthenticated(false)
        .headers()
        .iter()
        .fold(problem, |problem, (name, value)| {
            problem.with_header(name.clone(), value.clone())
        })
}

fn with_waiting_time(problem: Problem, error: &Error, status: StatusCode) -> Problem {
    let problem = match error.remaining_seconds() {
        Some(seconds) => problem.with_remaining_seconds(seconds),
        None => problem,
    };
    let waits = matches!(status.as_u16(), 423 | 429 | 503);
    let seconds = error.retry_after_seconds().or(error.remaining_seconds());
    match seconds {
        Some(seconds) => problem.with_retry_after(seconds),
        None if waits => problem.with_retry_after(1),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_spelled_like_the_bodies_of_the_family() {
        let field = "workspace_access.grants[0].role";
        assert_eq!(spelled(field, FamilyKind::Dango), field);
        assert_eq!(
            spelled(field, FamilyKind::V1),
            "workspaceAccess.grants[0].role"
        );
    }
}
