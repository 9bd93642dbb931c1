//! Proof that a request with effect was made on a page of ours (contract §4 "CSRF", `ASVS 3.5.1`).
//!
//! | the request | has to show |
//! |---|---|
//! | safe method, or a Bearer credential | nothing |
//! | cookie, JSON or no body | same origin or nothing said, and a header of ours or the form token |
//! | cookie, form | same origin, and the form token |
//! | cookie, a header of ours, and a body of another kind | nothing helps: 415 |
//! | no credential at all, JSON | that it is not from a foreign page |
//! | no credential at all, form | same origin, and the form token |

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpMessage as _, HttpRequest};
use dango_auth::Caller;
use dango_auth::core::CsrfToken;

use crate::cookie;
use crate::doorway::Doorway;
use crate::facts::Facts;
use crate::guard::Recognised;
use crate::origin::{Sameness, sameness};
use crate::problem::Problem;
use crate::{form, random};

/// The hidden field that carries the token.
pub const FIELD: &str = "csrf_token";

/// The header that carries the token instead of a field.
const TOKEN_HEADER: &str = "x-csrf-token";

/// Headers that no foreign page can send without asking first; the value does not matter.
const MARKS: [&str; 2] = ["x-requested-with", "x-csrf-protection"];

/// How the request is authorised, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    /// By a header that only its owner can set.
    Bearer,
    /// By a cookie that the browser adds by itself.
    Cookie,
    /// By nothing: a public route, or sign-in is switched off.
    Ambient,
}

/// Tells whether a method promises to have no effect (RFC 9110 §9.2.1).
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    )
}

/// Checks an unsafe request; `form` has the body's fields when it is a form.
///
/// # Errors
/// 403 `csrf`; 415 for a body of a kind that neither scripts nor forms of ours send.
pub(crate) fn check(
    request: &HttpRequest,
    doorway: &Doorway,
    authority: Authority,
    caller: Option<&Caller>,
    form: Option<&form::Fields>,
) -> Result<(), Problem> {
    if is_safe(request.method()) || authority == Authority::Bearer {
        return Ok(());
    }
    let headers = request.headers();
    let facts = Facts::of(request);
    let sameness = sameness(headers, &facts, doorway.public_url());
    if sameness == Sameness::Foreign {
        return Err(Problem::csrf("it was made on a page of another origin"));
    }
    if let Some(form) = form {
        if sameness != Sameness::Same {
            return Err(Problem::csrf("a form must come from a page of this server"));
        }
        return token_fits(request, doorway, caller, form.get(FIELD));
    }
    if authority == Authority::Ambient {
        return Ok(());
    }
    match (
        MARKS.iter().any(|mark| headers.contains_key(*mark)),
        is_json_or_empty(headers),
    ) {
        (true, true) => return Ok(()),
        (true, false) => return Err(Problem::unsupported_media_type("application/json")),
        (false, _) => {}
    }
    token_fits(request, doorway, caller, token_header(headers))
}

/// Whether the browser says that the request was made on a page of this server.
///
/// # Errors
/// 500 outside of a server of ours.
pub fn is_from_own_page(request: &HttpRequest) -> Result<bool, Problem> {
    let doorway = Doorway::of(request)?;
    let facts = Facts::of(request);
    let sameness = sameness(request.headers(), &facts, doorway.public_url());
    Ok(sameness == Sameness::Same)
}

fn token_header(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(TOKEN_HEADER)
        .and_then(|token| token.to_str().ok())
}

fn token_fits(
    request: &HttpRequest,
    doorway: &Doorway,
    caller: Option<&Caller>,
    token: Option<&str>,
) -> Result<(), Problem> {
    let Some(token) = token else {
        return Err(Problem::csrf(
            "the header X-Requested-With or the form's token is missing",
        ));
    };
    let binding = Binding::of(request, caller);
    let keys = doorway.auth().form_keys();
    if keys
        .iter()
        .any(|key| CsrfToken::verify(key, binding.bytes(), token))
    {
        return Ok(());
    }
    Err(Problem::csrf("the form has expired; load the page again"))
}

/// JSON, or nothing at all: a body that a form cannot send.
fn is_json_or_empty(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_none_or(|kind| {
        kind.as_bytes()
            .to_ascii_lowercase()
            .starts_with(b"application/json")
    })
}

/// What a form token is bound to: the session, or before sign-in a cookie of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binding(String);

impl Binding {
    /// The session of whoever asks, or their visit.
    pub(crate) fn of(request: &HttpRequest, caller: Option<&Caller>) -> Self {
        match caller.and_then(Caller::session_id) {
            Some(session) => Self(format!("session:{session}")),
            None => Self(format!("visit:{}", visit(request))),
        }
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The value of the visit cookie, as sent or, where there is none, as the answer will set it.
fn visit(request: &HttpRequest) -> String {
    if let Some(NewVisit(value)) = request.extensions().get::<NewVisit>() {
        return value.clone();
    }
    let name = cookie::VISIT.over(Facts::of(request).https);
    match cookie::read(request.headers(), name) {
        Ok(value) if value.len() == 22 => value.to_owned(),
        _ => {
            let value = random::text();
            request.extensions_mut().insert(NewVisit(value.clone()));
            value
        }
    }
}

/// A visit cookie that the answer has to set.
#[derive(Clone, Debug)]
pub(crate) struct NewVisit(pub(crate) String);

/// A fresh token for the forms of the page that answers `request`.
///
/// # Errors
/// 503 when the operating system gives no random bytes.
pub fn form_token(request: &HttpRequest) -> Result<String, Problem> {
    let doorway = Doorway::of(request)?;
    let caller = request.extensions().get::<Recognised>().cloned();
    let binding = Binding::of(request, caller.as_ref().map(|known| &known.caller));
    let random = random::bytes().ok_or_else(Problem::unavailable)?;
    let keys = doorway.auth().form_keys();
    let key = keys.first().ok_or_else(Problem::unavailable)?;
    let token = CsrfToken::make(key, binding.bytes(), random);
    Ok(token.expose().to_owned())
}
