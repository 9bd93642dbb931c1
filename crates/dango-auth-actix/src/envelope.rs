//! What is around every request: its facts, the host check, the headers of its answer, its line in the
//! log. The outermost middleware: `App::new().wrap(from_fn(envelope::around))`.

use std::borrow::Cow;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, ResponseError as _};

use crate::csrf::NewVisit;
use crate::doorway::Doorway;
use crate::facts::{Door, Facts};
use crate::problem::{Dango, Problem, Refusal, V1};
use crate::{cookie, headers, limit, origin, present};

/// How long a visit cookie lives, in seconds: long enough to type a password.
const VISIT_SECONDS: u64 = 86_400;

/// The middleware.
///
/// # Errors
/// Those of middleware further in; routes answer whatever goes wrong.
pub async fn around<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let facts = gathered(request.request());
    request.extensions_mut().insert(Rc::clone(&facts));
    let answer = match refused_host(request.request(), &facts) {
        Some(problem) => {
            let response = problem.error_response();
            request.into_response(response)
        }
        None => answered(next.call(request).await?),
    };
    Ok(finished(answer, &facts, started))
}

fn gathered(request: &HttpRequest) -> Rc<Facts> {
    match (Doorway::of(request), request.peer_addr()) {
        (Ok(doorway), Some(peer)) => Rc::new(Facts::gather(
            peer.ip(),
            request.headers(),
            &doorway.proxies(),
            doorway.transit(),
        )),
        _ => Facts::of(request),
    }
}

fn refused_host(request: &HttpRequest, facts: &Facts) -> Option<Problem> {
    let doorway = Doorway::of(request).ok()?;
    let answers = origin::answers_for(request.headers(), facts, doorway.public_url());
    (!answers).then(Problem::misdirected)
}

/// Gives refusals their form: those that the framework made itself become problems, and those on an
/// embedder's routes look as the embedder wants.
fn answered<B: MessageBody + 'static>(answer: ServiceResponse<B>) -> ServiceResponse<BoxBody> {
    let Some(error) = answer.response().error() else {
        return answer.map_into_boxed_body();
    };
    let problem = match problem_of(error) {
        Some(problem) => problem,
        None if is_plain(&answer) => by_status(answer.status()),
        // An error of the embedder's with a form of its own.
        None => return answer.map_into_boxed_body(),
    };
    let shown = match Doorway::of(answer.request()).ok() {
        Some(doorway) => match (doorway.refuse(), doorway.problem_page()) {
            (Some(refuse), _) => refuse(answer.request(), &problem),
            (None, Some(_)) => present::problem(answer.request(), &problem, Door::Api),
            // Without pages there is nowhere to lead a browser to.
            (None, None) => problem.error_response(),
        },
        None => problem.error_response(),
    };
    answer.into_response(shown)
}

/// The problem that an extractor or handler answered with.
fn problem_of(error: &Error) -> Option<Problem> {
    let refusal = |error: &Error| {
        let dango = error.as_error::<Refusal<Dango>>().map(Refusal::problem);
        dango
            .or_else(|| error.as_error::<Refusal<V1>>().map(Refusal::problem))
            .cloned()
    };
    error
        .as_error::<Problem>()
        .cloned()
        .or_else(|| refusal(error))
}

/// Tells whether an error is written as the framework writes its own.
fn is_plain<B>(answer: &ServiceResponse<B>) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn by_status(status: StatusCode) -> Problem {
    match status.as_u16() {
        404 => Problem::not_found(),
        500.. => Problem::internal(),
        _ => Problem::new(status, "invalid_request", "the request cannot be read"),
    }
}

fn finished(
    mut answer: ServiceResponse<BoxBody>,
    facts: &Facts,
    started: Instant,
) -> ServiceResponse<BoxBody> {
    let request = answer.request().clone();
    let headers = answer.headers_mut();
    headers::secure(headers, facts.https, || facts.nonce());
    limit::announce(&request, headers);
    set_visit(&request, headers, facts.https);
    if let Ok(id) = HeaderValue::from_str(facts.request_id()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    log(&request, answer.status(), facts, started);
    answer
}

fn set_visit(request: &HttpRequest, headers: &mut HeaderMap, https: bool) {
    if let Some(NewVisit(value)) = request.extensions().get::<NewVisit>()
        && let Some(cookie) = cookie::set(cookie::VISIT, value, VISIT_SECONDS, https)
    {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// The path of the route that answers, with names in the place of its variable parts; kept with the request by
/// whoever knows it, since the framework looks through all routes for it.
#[derive(Clone, Copy, Debug)]
pub struct Pattern(pub &'static str);

/// The pattern of the route that a request came to, for logs and counters.
pub fn pattern(request: &HttpRequest) -> Cow<'static, str> {
    if let Some(Pattern(known)) = request.extensions().get() {
        return Cow::Borrowed(known);
    }
    let found = request.match_pattern().map(Cow::Owned);
    found.unwrap_or(Cow::Borrowed("unknown"))
}

/// SECURITY: the pattern stands in the log, never the path: an invite's path is its token.
fn log(request: &HttpRequest, status: StatusCode, facts: &Facts, started: Instant) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let route = pattern(request);
    tracing::info!(
        request_id = %facts.request_id(),
        method = %request.method(),
        route = route.as_ref(),
        status = status.as_u16(),
        client = %facts.client,
        microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request"
    );
}
