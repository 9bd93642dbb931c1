//! Answers that are not refusals.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

/// A JSON answer with its status in the type, so that the documentation cannot differ from it.
#[derive(Debug)]
pub struct Reply<T, const STATUS: u16 = 200> {
    body: T,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// 201 with what was made.
pub type Made<T> = Reply<T, 201>;

/// 204 without a body.
#[derive(Debug, Default)]
pub struct Empty {
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Empty {
    /// An answer that says nothing but that it was done.
    pub const fn new() -> Self {
        Self {
            headers: Vec::new(),
        }
    }

    /// Adds headers; the same name may be added twice.
    #[must_use]
    pub fn with_all(
        mut self,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> Self {
        self.headers.extend(headers);
        self
    }
}

impl Responder for Empty {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::NoContent();
        for header in self.headers {
            response.append_header(header);
        }
        response.finish()
    }
}

impl<T, const STATUS: u16> Reply<T, STATUS> {
    /// An answer with this body.
    pub const fn new(body: T) -> Self {
        Self {
            body,
            headers: Vec::new(),
        }
    }

    /// Adds a header; the same name may be added twice.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds several headers.
    #[must_use]
    pub fn with_all(
        mut self,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> Self {
        self.headers.extend(headers);
        self
    }

    /// The body.
    pub const fn body(&self) -> &T {
        &self.body
    }
}

impl<T> From<T> for Reply<T> {
    fn from(body: T) -> Self {
        Self::new(body)
    }
}

impl<T: Serialize, const STATUS: u16> Responder for Reply<T, STATUS> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        for header in self.headers {
            response.append_header(header);
        }
        response.json(self.body)
    }
}
