//! The cookies of a sign-in.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue, SET_COOKIE};
use dango_auth::sign_in::SignedIn;
use dango_auth_actix::Facts;
use dango_auth_actix::cookie::{self, CookieName};

/// How long a device counts as known, in seconds: 180 days (security research §4.3).
const DEVICE_SECONDS: u64 = 180 * 86_400;

type Header = (HeaderName, HeaderValue);

/// `Set-Cookie` headers for a complete sign-in: the session, and the device for the next time.
pub(crate) fn signed_in(signed_in: &SignedIn, facts: &Facts) -> Vec<Header> {
    let lifetime = signed_in.session.expires_at - signed_in.session.created_at;
    let seconds = u64::try_from(lifetime.num_seconds()).unwrap_or_default();
    let session = kept(cookie::SESSION, signed_in.token.expose(), seconds, facts);
    let device = kept(
        cookie::DEVICE,
        signed_in.device.expose(),
        DEVICE_SECONDS,
        facts,
    );
    session.into_iter().chain(device).collect()
}

/// `Set-Cookie` for a sign-in that waits for the second factor.
pub(crate) fn partial(token: &str, facts: &Facts) -> Option<Header> {
    let seconds = dango_auth::core::session::PARTIAL_LIFETIME.num_seconds();
    kept(
        cookie::SESSION,
        token,
        u64::try_from(seconds).unwrap_or_default(),
        facts,
    )
}

/// `Set-Cookie` headers that take the session back, and `Clear-Site-Data` (`ASVS 14.3.1`).
pub(crate) fn cleared(facts: &Facts) -> Vec<Header> {
    let session = cookie::clear(cookie::SESSION, facts.https).map(|value| (SET_COOKIE, value));
    let data = (
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    session.into_iter().chain([data]).collect()
}

/// The token of a device that signed in before, if the request has one.
pub(crate) fn device_of(request: &HttpRequest, facts: &Facts) -> Option<String> {
    let name = cookie::DEVICE.over(facts.https);
    cookie::read(request.headers(), name)
        .ok()
        .map(str::to_owned)
}

fn kept(name: CookieName, value: &str, seconds: u64, facts: &Facts) -> Option<Header> {
    cookie::set(name, value, seconds, facts.https).map(|value| (SET_COOKIE, value))
}
