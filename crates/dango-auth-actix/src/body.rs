//! Bodies: at most 64 KiB, within ten seconds, of the declared kind (contract §4).

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt as _;

use crate::problem::Problem;

/// Most bytes of a body.
pub const LIMIT: usize = 64 * 1024;

/// How long a body may take to arrive; the framework itself would wait for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a whole body.
///
/// # Errors
/// 413 over [`LIMIT`], 408 when it takes too long, 400 when the transfer breaks.
pub(crate) async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Problem> {
    if declared_length(request).is_some_and(|length| length > LIMIT as u64) {
        return Err(Problem::body_too_large(LIMIT));
    }
    let patience = request
        .app_data::<Patience>()
        .map_or(PATIENCE, |patience| patience.0);
    timeout(patience, collect(payload))
        .await
        .unwrap_or_else(|_| Err(Problem::body_timeout()))
}

/// Another time limit than ten seconds; put it into the app's data.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

async fn collect(payload: &mut Payload) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        if body.len() + chunk.len() > LIMIT {
            return Err(Problem::body_too_large(LIMIT));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn broken(error: &PayloadError) -> Problem {
    tracing::debug!(%error, "a body broke off");
    Problem::invalid("the body did not arrive whole")
}

fn declared_length(request: &HttpRequest) -> Option<u64> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Tells whether the request says that its body is of this kind; parameters such as a charset of
/// UTF-8 are allowed, look-alikes such as `application/x+json` are not.
pub(crate) fn is_of_kind(request: &HttpRequest, expected: &str) -> bool {
    let mut kinds = request.headers().get_all(header::CONTENT_TYPE);
    let (Some(kind), None) = (kinds.next(), kinds.next()) else {
        return false;
    };
    let Ok(kind) = kind.to_str() else {
        return false;
    };
    let mut parts = kind.split(';').map(str::trim);
    let named = parts
        .next()
        .is_some_and(|named| named.eq_ignore_ascii_case(expected));
    named && parts.all(is_harmless_parameter)
}

fn is_harmless_parameter(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return parameter.is_empty();
    };
    let utf8 = value.trim_matches('"').eq_ignore_ascii_case("utf-8");
    !name.trim().eq_ignore_ascii_case("charset") || utf8
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn a_body_that_never_comes_is_given_up() {
        let patience = Patience(Duration::from_millis(5));
        let request = TestRequest::post().app_data(patience).to_http_request();
        let never = futures_util::stream::pending::<Result<Bytes, PayloadError>>();
        let mut payload = Payload::Stream {
            payload: never.boxed_local(),
        };
        let problem = read(&request, &mut payload).await.unwrap_err();
        assert_eq!(problem.status().as_u16(), 408);
    }

    #[actix_web::test]
    async fn a_body_of_undeclared_length_is_cut_off_at_the_limit() {
        let request = TestRequest::post().to_http_request();
        let chunk = || Ok(Bytes::from_static(&[b'x'; 1024]));
        let endless = futures_util::stream::repeat_with(chunk);
        let mut payload = Payload::Stream {
            payload: endless.boxed_local(),
        };
        let problem = read(&request, &mut payload).await.unwrap_err();
        assert_eq!(problem.status().as_u16(), 413);
    }

    #[test]
    fn only_the_exact_media_type_is_json() {
        let is_json = |kind: &str| {
            let request = TestRequest::post().insert_header((header::CONTENT_TYPE, kind));
            is_of_kind(&request.to_http_request(), "application/json")
        };
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "text/plain",
            "application/x+json",
            "application/json; charset=latin1",
            "application/jsonx",
            "",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
        assert!(!is_of_kind(
            &TestRequest::post().to_http_request(),
            "application/json"
        ));
    }
}
