//! The OpenAPI document, made from the list of routes, and the page that shows it without a network.

mod document;
mod page;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use dango_auth_actix::{Budget, Everybody, Problem};

use crate::route::{Group, Route};

pub use document::document;

/// The document as text: made once, the same for everybody.
static TEXT: LazyLock<String> = LazyLock::new(text);

/// The document as it is served and as it stands in `docs/`.
pub fn text() -> String {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The routes of the document and its page.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/openapi.json", "openapi", json)
            .summary("This document.")
            .group(Group::Operations)
            .budget(Budget::Free),
        Route::get("/api/docs", "docs", page::show)
            .summary("This document as a page.")
            .group(Group::Operations)
            .budget(Budget::Free),
    ]
}

async fn json(_: Everybody) -> Result<HttpResponse, Problem> {
    let response = HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .body(TEXT.as_str());
    Ok(response)
}
