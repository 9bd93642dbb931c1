//! `ETag` and `If-Match` over the version of a record (RFC 9110 §8.8.3, §13.1.1).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ETAG, HeaderName, HeaderValue, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};
use dango_auth::core::id::Version;
use dango_auth_actix::Problem;

use crate::route::{OperationDraft, Part};

/// The `ETag` header of a version.
pub(crate) fn etag(version: Version) -> Option<(HeaderName, HeaderValue)> {
    HeaderValue::from_str(&format!("\"{}\"", version.get()))
        .ok()
        .map(|tag| (ETAG, tag))
}

/// The version the client has seen; none when it does not say or says `*`.
///
/// A weak tag or a tag of something else is a version that never was, so it is stale (412).
#[derive(Clone, Copy, Debug)]
pub(crate) struct IfMatch(pub Option<Version>);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(version(request))))
    }
}

fn version(request: &HttpRequest) -> Option<Version> {
    let text = request
        .headers()
        .get(IF_MATCH)?
        .to_str()
        .unwrap_or_default()
        .trim();
    if text == "*" {
        return None;
    }
    let number = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let number = number
        .and_then(|number| number.parse().ok())
        .filter(|number| *number >= 0);
    Some(Version::from_stored(number.unwrap_or(-1)))
}

impl Part for IfMatch {
    fn describe(draft: &mut OperationDraft) {
        draft.takes_header(
            "If-Match",
            "The ETag of the state the change was decided on.",
        );
        draft.refusals.push(412);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_a_strong_tag_of_ours_can_match() {
        let read = |tag: &str| {
            version(
                &TestRequest::patch()
                    .insert_header((IF_MATCH, tag))
                    .to_http_request(),
            )
            .map(Version::get)
        };
        assert_eq!(read("\"7\""), Some(7));
        assert_eq!(read("*"), None);
        for other in ["W/\"7\"", "7", "\"x\"", "\"7\", \"8\"", "\"-7\"", ""] {
            assert_eq!(read(other), Some(-1), "{other}");
        }
        assert_eq!(version(&TestRequest::patch().to_http_request()), None);
    }
}
