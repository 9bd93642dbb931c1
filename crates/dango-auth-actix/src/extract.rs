//! What handlers take besides a gate: a JSON body, a form, a query, an id from the path.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::form::{self, Fields};
use crate::problem::Problem;
use crate::{body, csrf, json};

/// A JSON object as body, read strictly (see [`crate::json`]).
///
/// Refusals: 415 for another content type, 413, 408, 400 with the field named.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            if !body::is_of_kind(&request, "application/json") {
                return Err(Problem::unsupported_media_type("application/json"));
            }
            let bytes = body::read(&request, &mut payload).await?;
            request.extensions_mut().insert(BodyDigest::of(&bytes));
            json::read_object(&bytes).map(Self)
        })
    }
}

/// SHA-256 of a JSON body as it came, kept with the request for whoever compares requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyDigest(pub [u8; 32]);

impl BodyDigest {
    /// Computes it.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// A JSON object as body that may also be left out altogether, as if it were `{}`.
#[derive(Clone, Debug)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest for OptionalJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = body::read(&request, &mut payload).await?;
            if bytes.is_empty() {
                return json::read_object(b"{}").map(Self);
            }
            if !body::is_of_kind(&request, "application/json") {
                return Err(Problem::unsupported_media_type("application/json"));
            }
            json::read_object(&bytes).map(Self)
        })
    }
}

/// The fields of an HTML form whose token the guard has checked; numbers and flags are read from text.
#[derive(Clone, Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Read by the guard; where it is missing the request was no form.
        let Some(fields) = request.extensions_mut().remove::<Fields>() else {
            return ready(Err(Problem::unsupported_media_type(form::MEDIA_TYPE)));
        };
        let mut pairs = fields.into_pairs();
        pairs.retain(|(name, _)| name != csrf::FIELD);
        ready(json::read_pairs(pairs).map(Self))
    }
}

/// The parameters of the query, each known and each once.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let fields = Fields::parse(request.query_string().as_bytes());
        ready(
            fields
                .and_then(|fields| json::read_pairs(fields.into_pairs()))
                .map(Self),
        )
    }
}

/// The id in the path; what is no id names nothing, so it is a 404.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

/// The name under which routes put the id into their path: `/users/{id}`.
pub const ID: &str = "id";

impl<T: FromStr> FromRequest for Id<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get(ID)
            .and_then(|text| text.parse().ok());
        ready(id.map(Self).ok_or_else(Problem::not_found))
    }
}
