//! How a refusal is shown: as JSON to programs, as a page or a way to the sign-in page to browsers.

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};

use crate::doorway::Doorway;
use crate::facts::Door;
use crate::next;
use crate::problem::Problem;

/// The answer for a problem.
///
/// A browser without a session is led to `/login` on either half of the server (contract §4); other
/// problems are pages on the pages' half only.
pub fn problem(request: &HttpRequest, problem: &Problem, door: Door) -> HttpResponse {
    if !wants_page(request) {
        return problem.error_response();
    }
    let is_lost =
        problem.status() == StatusCode::UNAUTHORIZED && problem.code() == "unauthenticated";
    if is_lost {
        return to_login(request);
    }
    let page = Doorway::of(request).ok().and_then(Doorway::problem_page);
    match page {
        Some(page) if door == Door::Pages => page(request, problem),
        _ => problem.error_response(),
    }
}

/// Tells whether a browser asks for something to show: it accepts HTML, and no script of ours asks.
pub fn wants_page(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let accepts = headers.get_all(header::ACCEPT).any(|accept| {
        accept
            .as_bytes()
            .to_ascii_lowercase()
            .windows(9)
            .any(|w| w == b"text/html")
    });
    accepts
        && !headers.contains_key("x-requested-with")
        && !headers.contains_key(header::AUTHORIZATION)
}

fn to_login(request: &HttpRequest) -> HttpResponse {
    let returns = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request
        .uri()
        .path_and_query()
        .map(actix_web::http::uri::PathAndQuery::as_str)
        .filter(|_| returns);
    let doorway = Doorway::of(request).ok();
    let path = path.map(|path| doorway.map_or(path, |doorway| doorway.inside(path)));
    let prefix = doorway.map_or("", Doorway::prefix);
    let address = format!("{prefix}{}", next::login_address(path));
    let address = HeaderValue::from_str(&address).unwrap_or(HeaderValue::from_static("/login"));
    HttpResponse::Found()
        .insert_header((header::LOCATION, address))
        .finish()
}
