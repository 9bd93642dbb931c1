//! Pages of lists: a limit, an opaque [cursor], and the address of the next page (contract §4).

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue, LINK};
use dango_auth::Error;
use dango_auth::ports::Page;
use dango_auth_actix::cursor;
pub(crate) use dango_auth_actix::cursor::read as from_cursor;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Rows of a page when nothing is asked for.
pub(crate) const DEFAULT_LIMIT: u32 = 100;

/// Most rows of a page.
pub(crate) const MAX_LIMIT: u32 = 1000;

/// Which page of a list without conditions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// Rows of a page, 1 to 1000; 100 without.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u32>,
    /// Where to go on, as the page before says in its `Link` header or `nextCursor`.
    pub(crate) cursor: Option<String>,
}

/// The limit asked for.
///
/// # Errors
/// 400 outside 1 to [`MAX_LIMIT`].
pub(crate) fn limit(asked: Option<u32>) -> Result<u32, Error> {
    match asked.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => Err(Error::field(
            "limit",
            "out_of_range",
            format!("must be 1 to {MAX_LIMIT}"),
        )),
    }
}

/// The cursor of the page after this one, from the ordering key of its last row; none after the last page.
pub(crate) fn next_cursor<T, K: Serialize>(
    page: &Page<T>,
    key: impl Fn(&T) -> K,
) -> Option<String> {
    let last = page.rows.last().filter(|_| page.more)?;
    Some(cursor::write(&key(last)))
}

/// `Link: <…>; rel="next"` (RFC 8288) with the same parameters and the next page's cursor.
pub(crate) fn next_link(
    request: &HttpRequest,
    cursor: Option<&str>,
) -> Option<(HeaderName, HeaderValue)> {
    let cursor = cursor?;
    let others = request.query_string().split('&');
    let others = others.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={}", utf8_percent_encode(cursor, NON_ALPHANUMERIC));
    let query: Vec<&str> = others.chain([cursor.as_str()]).collect();
    let link = format!("<{}?{}>; rel=\"next\"", request.path(), query.join("&"));
    HeaderValue::from_str(&link).ok().map(|link| (LINK, link))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_next_page_keeps_the_other_parameters() {
        let request = TestRequest::get().uri("/api/admin/users?q=a%20b&cursor=old&limit=2");
        let (_, link) = next_link(&request.to_http_request(), Some("n-w")).unwrap();
        assert_eq!(
            link,
            "</api/admin/users?q=a%20b&limit=2&cursor=n%2Dw>; rel=\"next\""
        );
    }

    #[test]
    fn a_limit_is_one_to_a_thousand() {
        assert_eq!(limit(None).unwrap(), 100);
        assert_eq!(limit(Some(1000)).unwrap(), 1000);
        assert!(limit(Some(0)).is_err() && limit(Some(1001)).is_err());
    }
}
