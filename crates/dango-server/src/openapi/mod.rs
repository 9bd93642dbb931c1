//! The OpenAPI document, made from the list of routes, and the page that shows it without a network.

mod document;
mod page;

use std::sync::LazyLock;

use actix_web::body::BoxBody;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, Responder};
use dango_auth_actix::{Budget, Everybody, Problem};

use crate::route::{Answers, Group, OperationDraft, Route};

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

/// A document in its own media type.
struct Shown<const HTML: bool>(HttpResponse);

impl<const HTML: bool> Shown<HTML> {
    fn new(text: impl Into<String>) -> Self {
        let kind = if HTML {
            "text/html; charset=utf-8"
        } else {
            "application/json"
        };
        let mut response = HttpResponse::Ok();
        Self(
            response
                .insert_header((CONTENT_TYPE, kind))
                .body(text.into()),
        )
    }
}

impl<const HTML: bool> Responder for Shown<HTML> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.0
    }
}

impl<const HTML: bool> Answers for Shown<HTML> {
    fn describe(draft: &mut OperationDraft) {
        if HTML {
            draft.answers_text(200, "text/html");
        } else {
            draft.answers_object(200);
        }
    }
}

async fn json(_: Everybody) -> Result<Shown<false>, Problem> {
    Ok(Shown::new(TEXT.as_str()))
}
