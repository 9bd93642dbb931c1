//! The types of the crate `http`, which axum, hyper, tonic and others share.

use std::net::IpAddr;

use ::http::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT, WWW_AUTHENTICATE,
};
use ::http::{Response, StatusCode};

use super::Sender;
use crate::error::Error;

/// What a client without a credential is to come back with (RFC 9110 §15.5.2).
const CHALLENGE: HeaderValue = HeaderValue::from_static(r#"Bearer realm="dango""#);

/// The media type of RFC 9457.
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

impl Sender {
    /// Who sends a request with these headers from this address.
    pub fn of(headers: &HeaderMap, ip: IpAddr) -> Self {
        let lines = headers.get_all(AUTHORIZATION).iter();
        let sender = Self::new(lines.map(HeaderValue::as_bytes), ip);
        match headers.get(USER_AGENT).and_then(|text| text.to_str().ok()) {
            Some(text) => sender.with_user_agent(text),
            None => sender,
        }
    }
}

/// The refusal as an answer: status, `application/problem+json`, `WWW-Authenticate` and `Retry-After`.
impl From<Error> for Response<String> {
    fn from(error: Error) -> Self {
        let mut answer = Self::new(error.problem().to_string());
        let status = StatusCode::from_u16(error.status());
        *answer.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let is_challenged = answer.status() == StatusCode::UNAUTHORIZED;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, PROBLEM);
        if is_challenged {
            headers.insert(WWW_AUTHENTICATE, CHALLENGE);
        }
        if let Some(seconds) = error.retry_after_seconds() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::Presented;

    #[test]
    fn a_sender_is_known_by_headers_and_address() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer dango_ak_x"));
        headers.insert(USER_AGENT, HeaderValue::from_static("curl/8"));
        let sender = Sender::of(&headers, [192, 0, 2, 1].into());
        assert!(matches!(
            sender.presented(),
            Presented::ApiKey("dango_ak_x")
        ));
        let origin = sender.origin();
        assert_eq!(origin.user_agent.as_deref(), Some("curl/8"));
        assert_eq!(origin.ip, Some([192, 0, 2, 1].into()));
        assert!(!format!("{sender:?}").contains("dango_ak_x"));
    }

    #[test]
    fn a_refusal_says_what_to_do_about_it() {
        let lost = Response::<String>::from(Error::Unauthenticated);
        assert_eq!(lost.status(), 401);
        assert_eq!(lost.headers()[WWW_AUTHENTICATE], CHALLENGE);
        assert_eq!(lost.headers()[CONTENT_TYPE], PROBLEM);
        let busy = Error::Throttled {
            retry_after_seconds: 7,
        };
        let busy = Response::<String>::from(busy);
        assert_eq!(
            (busy.status().as_u16(), &busy.headers()[RETRY_AFTER]),
            (429, &HeaderValue::from(7))
        );
    }
}
