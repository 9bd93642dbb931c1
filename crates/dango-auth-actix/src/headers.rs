//! Security headers, the same on every answer, refusals included (security research §4.6).

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// What all answers carry.
const ALWAYS: [(HeaderName, HeaderValue); 3] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Everything a page could ask the browser for, switched off.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// A year, as the preload lists ask for.
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// How the type of a page begins.
const HTML: &[u8] = b"text/html";

/// The policy of answers that are not pages: they load nothing and stand in no frame.
const BARE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds what is missing; what a handler set itself, such as caching of static files, stays.
pub(crate) fn secure<'a>(headers: &mut HeaderMap, https: bool, nonce: impl FnOnce() -> &'a str) {
    headers.remove(header::SERVER);
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(HSTS),
        );
    }
    if is_html(headers) {
        secure_page(headers, nonce());
    } else {
        keep_or(
            headers,
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(BARE_POLICY),
        );
    }
}

/// The content security policy of a page whose own script and style carry `nonce`.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'"
    )
}

fn secure_page(headers: &mut HeaderMap, nonce: &str) {
    let policy =
        HeaderValue::from_str(&page_policy(nonce)).unwrap_or(HeaderValue::from_static(BARE_POLICY));
    keep_or(headers, header::CONTENT_SECURITY_POLICY, policy);
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    headers.insert(
        header::PERMISSIONS_POLICY,
        HeaderValue::from_static(PERMISSIONS),
    );
}

fn keep_or(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !headers.contains_key(&name) {
        headers.insert(name, value);
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        let start = kind.as_bytes().get(..HTML.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(HTML))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secured(kind: &str, https: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
        headers.insert(header::SERVER, HeaderValue::from_static("x"));
        secure(&mut headers, https, || "N");
        headers
    }

    #[test]
    fn a_page_may_run_what_carries_its_nonce_and_nothing_else() {
        let headers = secured("text/html; charset=utf-8", false);
        let policy = headers
            .get("content-security-policy")
            .unwrap()
            .to_str()
            .unwrap();
        assert!(
            policy.contains("script-src 'nonce-N';") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(
            headers.get("cross-origin-opener-policy").unwrap(),
            "same-origin"
        );
        assert!(headers.contains_key("permissions-policy"));
    }

    #[test]
    fn json_carries_the_common_headers_and_no_server_name() {
        let headers = secured("application/json", false);
        let expected = [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("content-security-policy", BARE_POLICY),
        ];
        for (name, value) in expected {
            assert_eq!(headers.get(name).unwrap(), value, "{name}");
        }
        assert!(!headers.contains_key("server"));
        assert!(!headers.contains_key("strict-transport-security"));
    }

    #[test]
    fn https_is_pinned_and_own_caching_stays() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("immutable"));
        secure(&mut headers, true, || "N");
        assert_eq!(headers.get("strict-transport-security").unwrap(), HSTS);
        assert_eq!(headers.get("cache-control").unwrap(), "immutable");
    }
}
