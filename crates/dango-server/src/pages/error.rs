//! Friendly pages for what did not work.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;
use dango_auth::Obligation;
use dango_auth_actix::Problem;

use super::filters;
use super::frame::Frame;
use super::login::obligation_path;
use super::moment::waiting;
use super::reader::{Answer, Reader};
use super::stale::stale_form;

/// What happened, why, and the next step.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    pub(crate) frame: Frame,
    pub(crate) status: u16,
    pub(crate) heading: String,
    pub(crate) what: String,
    /// How long to wait.
    pub(crate) wait: Option<String>,
    pub(crate) link: String,
    pub(crate) link_label: String,
    /// What to tell whoever looks into the log.
    pub(crate) request_id: Option<String>,
}

/// A refusal as a page: where an obligation is pending, the way to it.
pub fn problem_page(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let drawn = Reader::of(request).and_then(|reader| draw(&reader, problem));
    drawn.unwrap_or_else(|_| problem.error_response())
}

fn draw(reader: &Reader, problem: &Problem) -> Answer {
    let obligations = [Obligation::ChangePassword, Obligation::SetUpSecondFactor];
    if let Some(due) = obligations
        .into_iter()
        .find(|due| due.code() == problem.code())
    {
        return Ok(reader.go(obligation_path(due)));
    }
    if problem.code() == "csrf"
        && let Some(page) = stale_form(reader)?
    {
        return reader.page_with(problem.status(), &page);
    }
    let mut response = reader.page_with(problem.status(), &page(reader, problem)?)?;
    for (name, value) in problem.headers() {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(response)
}

fn page(reader: &Reader, problem: &Problem) -> Result<ErrorPage, Problem> {
    let words = &reader.text.errors;
    let (heading, what) = match problem.status() {
        StatusCode::UNAUTHORIZED => (words.unknown, words.unknown_what),
        StatusCode::FORBIDDEN => (words.forbidden, words.forbidden_what),
        StatusCode::NOT_FOUND => (words.missing, words.missing_what),
        StatusCode::LOCKED => (words.locked, words.locked_what),
        StatusCode::TOO_MANY_REQUESTS => (words.throttled, words.throttled_what),
        StatusCode::SERVICE_UNAVAILABLE => (words.unavailable, words.unavailable_what),
        status if status.is_server_error() => (words.internal, words.internal_what),
        _ => (words.invalid, words.invalid_what),
    };
    let signed_in = reader.caller().is_ok();
    let (link, label) = match problem.status() {
        StatusCode::UNAUTHORIZED | StatusCode::LOCKED if !signed_in => ("/login", words.sign_in),
        _ => ("/", words.to_start),
    };
    Ok(ErrorPage {
        frame: reader.frame(None)?,
        status: problem.status().as_u16(),
        heading: heading.to_owned(),
        what: what.to_owned(),
        wait: retry_after(problem)
            .map(|seconds| super::filters::put(words.wait, &[&waiting(seconds, reader.text)])),
        link: link.to_owned(),
        link_label: label.to_owned(),
        request_id: Some(reader.facts.request_id().to_owned())
            .filter(|_| problem.status().is_server_error()),
    })
}

fn retry_after(problem: &Problem) -> Option<u64> {
    let headers = problem.headers().iter();
    let mut values = headers.filter(|(name, _)| name == actix_web::http::header::RETRY_AFTER);
    values.next()?.1.to_str().ok()?.parse().ok()
}
