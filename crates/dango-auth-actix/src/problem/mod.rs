//! Refusals as `application/problem+json` (RFC 9457), one form for every route (contract §4).

mod body;
mod mapping;

use std::borrow::Cow;
use std::fmt;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, ResponseError};

pub use body::{FieldProblem, ProblemBody};
pub use mapping::{Dango, Family, FamilyKind, Refusal, V1};

/// Why a request was refused: status, stable code, words, and what a client needs to do better.
///
/// It is the only error type that leaves this server; whatever else goes wrong becomes one of these.
#[derive(Clone)]
pub struct Problem(Box<Facts>);

#[derive(Clone)]
struct Facts {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: String,
    errors: Vec<FieldProblem>,
    issues: Vec<String>,
    remaining_seconds: Option<u64>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with a status, a stable `snake_case` code and words for people.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self(Box::new(Facts {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            issues: Vec::new(),
            remaining_seconds: None,
            headers: Vec::new(),
        }))
    }

    /// 400 `invalid_request` with words for the whole request.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", detail)
    }

    /// 400 `invalid_request` about one field.
    pub fn invalid_field(
        field: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        let problem = FieldProblem::new(field, code, message);
        Self::invalid(format!("{}: {}", problem.field, problem.message)).with_field(problem)
    }

    /// 401: no credential, or one that is not (any more) good for anything.
    ///
    /// `presented` tells whether there was one, which the challenge repeats (RFC 6750 §3); what
    /// exactly was wrong with it is nobody's business.
    pub fn unauthenticated(presented: bool) -> Self {
        let challenge = if presented {
            r#"Bearer realm="dango", error="invalid_token""#
        } else {
            r#"Bearer realm="dango""#
        };
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "sign in first").with_header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        )
    }

    /// 403: the caller's rights do not reach that far.
    pub fn permission_denied(permission: &str) -> Self {
        let detail = format!("permission denied: {permission}");
        Self::new(StatusCode::FORBIDDEN, "permission_denied", detail)
    }

    /// 403: only a person who signed in may do this, not an API key.
    pub fn session_required() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "session_required",
            "an API key cannot do this; sign in as a person",
        )
    }

    /// 403: nothing proves that the request comes from a page of this server (contract §4, CSRF).
    pub fn csrf(why: &str) -> Self {
        let detail = format!("the request failed the CSRF check: {why}");
        Self::new(StatusCode::FORBIDDEN, "csrf", detail)
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "there is nothing here by that name",
        )
    }

    /// 405 with the methods that work (RFC 9110 §15.5.6).
    pub fn method_not_allowed(allowed: &[Method]) -> Self {
        let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        let list = names.join(", ");
        let detail = format!("this address takes {list}");
        let allow = HeaderValue::from_str(&list).unwrap_or(HeaderValue::from_static("GET"));
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
            .with_header(header::ALLOW, allow)
    }

    /// 408: the body did not arrive in time.
    pub fn body_timeout() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            "the body took too long to arrive",
        )
        .with_header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    /// 413: the body is larger than `limit` bytes.
    pub fn body_too_large(limit: usize) -> Self {
        let detail = format!("a body has at most {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
            .with_header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    /// 415: the body is of another kind than `expected`.
    pub fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("send the body as {expected}");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            detail,
        )
    }

    /// 421: the `Host` is not one this server answers for.
    pub fn misdirected() -> Self {
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "misdirected",
            "this server does not answer for that host name; set public_url if it should",
        )
    }

    /// 429 with the seconds after which a retry can succeed.
    pub fn rate_limited(retry_after: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "too many requests; slow down",
        )
        .with_retry_after(retry_after)
    }

    /// 503: something this server needs does not answer.
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "the service cannot answer just now; try again shortly",
        )
        .with_retry_after(1)
    }

    /// 500: a fault of ours; the log knows more, the client does not.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "an internal error occurred",
        )
    }

    /// Adds what is wrong with one field.
    #[must_use]
    pub fn with_field(mut self, field: FieldProblem) -> Self {
        self.0.errors.push(field);
        self
    }

    /// Adds what the password policy says.
    #[must_use]
    pub fn with_issues(mut self, issues: &[String]) -> Self {
        self.0.issues = issues.to_vec();
        self
    }

    /// Adds the seconds that a lock still holds.
    #[must_use]
    pub fn with_remaining_seconds(mut self, seconds: u64) -> Self {
        self.0.remaining_seconds = Some(seconds);
        self
    }

    /// Adds `Retry-After`, at least one second (RFC 9110 §10.2.3).
    #[must_use]
    pub fn with_retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// Adds a header to the answer, replacing an earlier one of that name.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.retain(|(earlier, _)| *earlier != name);
        self.0.headers.push((name, value));
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The words for people.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What is wrong with single fields.
    pub fn errors(&self) -> &[FieldProblem] {
        &self.0.errors
    }

    /// What the password policy says.
    pub fn issues(&self) -> &[String] {
        &self.0.issues
    }

    /// The seconds that a lock still holds.
    pub fn remaining_seconds(&self) -> Option<u64> {
        self.0.remaining_seconds
    }

    /// Headers that belong to the answer in whatever form it is shown.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.0.status.as_u16(),
            self.0.code,
            self.0.detail
        )
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        for (name, value) in &self.0.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response
            .insert_header((
                header::CONTENT_TYPE,
                HeaderValue::from_static(body::MEDIA_TYPE),
            ))
            .json(ProblemBody::from(self))
    }
}

#[cfg(test)]
mod tests;
