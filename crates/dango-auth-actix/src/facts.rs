//! What is known about a request before anybody looks at what it asks: its id, where it really comes
//! from, and how.
//!
//! Computed once by [`crate::envelope`], kept with the request, used for the limiter, the lockout, the
//! audit and the cookies alike. The framework's own "real ip", "host" and "scheme" are never asked:
//! they believe anybody (security research §0.5, §4.4).

use std::cell::OnceCell;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest};
use dango_auth::core::audit::{Origin, Via};
use dango_auth::core::client_address::{FORWARDING_HEADERS, TrustedProxies};

use crate::random;

/// Longest request id that is taken over from a trusted proxy.
const REQUEST_ID_MAX: usize = 64;

/// The header by which our own command line says that it is the one asking. A label for the audit log, never a
/// right; without a credential beside it, it says nothing.
const CLIENT_HEADER: HeaderName = HeaderName::from_static("x-dango-client");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Parsed once, since every request is asked for all of them.
static FORWARDING: LazyLock<[HeaderName; FORWARDING_HEADERS.len()]> =
    LazyLock::new(|| FORWARDING_HEADERS.map(HeaderName::from_static));

/// What is known about a request.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The socket's other end.
    pub peer: IpAddr,
    /// The client: the peer, or what trusted proxies say.
    pub client: IpAddr,
    /// Whether the peer is a proxy whose headers are believed.
    pub through_proxy: bool,
    /// Whether the client speaks HTTPS, to us or to a trusted proxy.
    pub https: bool,
    /// Whether this is somebody on the machine itself, whom rate limits do not count (contract §6).
    pub limits_exempt: bool,
    /// Where it comes from, as the API says it; shared with whoever is recognised.
    origin: Arc<Origin>,
    /// Made when a page asks for it.
    nonce: OnceCell<String>,
}

/// How HTTPS can be known without asking the request (contract §4, credentials).
#[derive(Clone, Copy, Debug, Default)]
pub struct Transit {
    /// `public_url` is an `https` address.
    pub public_https: bool,
    /// This server does TLS itself.
    pub own_tls: bool,
}

impl Facts {
    /// Looks at a request's peer and headers.
    pub fn gather(
        peer: IpAddr,
        headers: &HeaderMap,
        proxies: &TrustedProxies,
        transit: Transit,
    ) -> Self {
        let through_proxy = proxies.contains(peer);
        let lines: Vec<&str> = headers
            .get_all(X_FORWARDED_FOR)
            .filter_map(|line| line.to_str().ok())
            .collect();
        let forwarded = FORWARDING.iter().any(|name| headers.contains_key(name));
        let client = proxies.resolve(peer, &lines);
        Self {
            peer: peer.to_canonical(),
            client,
            through_proxy,
            https: transit.own_tls
                || forwarded_https(headers, through_proxy).unwrap_or(transit.public_https),
            limits_exempt: proxies.is_loopback_exempt(peer, forwarded),
            origin: Arc::new(origin(headers, client, request_id(headers, through_proxy))),
            nonce: OnceCell::new(),
        }
    }

    /// The nonce of this answer's content security policy.
    pub fn nonce(&self) -> &str {
        self.nonce.get_or_init(random::text)
    }

    /// Stands in the log, in audit events and in the answer's `X-Request-Id`.
    pub fn request_id(&self) -> &str {
        self.origin.request_id.as_deref().unwrap_or_default()
    }

    /// Where the request comes from, for sessions, lockout and audit.
    pub fn origin(&self, door: Door) -> Origin {
        let mut origin = Origin::clone(&self.origin);
        if door == Door::Pages {
            origin.via = Via::Web;
        }
        origin
    }

    /// The same, shared where that is possible: each recognised request has one.
    pub(crate) fn shared_origin(&self, door: Door) -> Arc<Origin> {
        match door {
            Door::Api => Arc::clone(&self.origin),
            Door::Pages => Arc::new(self.origin(door)),
        }
    }

    /// The facts of a request that came through [`crate::envelope`].
    ///
    /// A request that did not has facts that trust nothing: no proxy, no HTTPS, no exemption.
    pub fn of(request: &HttpRequest) -> Rc<Self> {
        let gathered = request.extensions().get::<Rc<Self>>().cloned();
        gathered.unwrap_or_else(|| Rc::new(Self::trusting_nothing(request)))
    }

    fn trusting_nothing(request: &HttpRequest) -> Self {
        let peer = request
            .peer_addr()
            .map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
        let (proxies, transit) = (TrustedProxies::default(), Transit::default());
        Self {
            limits_exempt: false,
            ..Self::gather(peer, request.headers(), &proxies, transit)
        }
    }
}

/// Which half of the server a request goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// The JSON API.
    Api,
    /// The pages.
    Pages,
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Where a request to the API comes from: the command line asks on somebody's behalf, or anybody else asks.
fn origin(headers: &HeaderMap, client: IpAddr, request_id: String) -> Origin {
    let remote = headers.contains_key(header::AUTHORIZATION)
        && text(headers, CLIENT_HEADER) == Some("dango-cli");
    let mut origin = Origin::local(if remote { Via::Remote } else { Via::Api });
    origin.ip = Some(client);
    origin.request_id = Some(request_id);
    match text(headers, header::USER_AGENT) {
        Some(user_agent) => origin.with_user_agent(user_agent),
        None => origin,
    }
}

/// What a trusted proxy says about the scheme; none where it says nothing.
///
/// Several lines or several words leave the answer to the last one, which the nearest proxy wrote.
fn forwarded_https(headers: &HeaderMap, through_proxy: bool) -> Option<bool> {
    if !through_proxy {
        return None;
    }
    let last = headers.get_all(X_FORWARDED_PROTO).last()?.to_str().ok()?;
    let word = last.rsplit(',').next()?.trim();
    Some(word.eq_ignore_ascii_case("https"))
}

/// A trusted proxy's id if it is harmless, else a new one.
fn request_id(headers: &HeaderMap, through_proxy: bool) -> String {
    let given = text(headers, REQUEST_ID).filter(|_| through_proxy);
    let harmless = |id: &&str| {
        let letters = id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        letters && !id.is_empty() && id.len() <= REQUEST_ID_MAX
    };
    given
        .filter(harmless)
        .map_or_else(random::text, str::to_owned)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn gathered(peer: &str, proxies: &[&str], headers: &[(&str, &str)], transit: Transit) -> Facts {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        let proxies = TrustedProxies::parse(proxies).unwrap();
        Facts::gather(peer.parse().unwrap(), &map, &proxies, transit)
    }

    #[test]
    fn forwarding_headers_count_only_from_trusted_proxies() {
        let headers = [
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-proto", "https"),
            ("x-request-id", "abc-1"),
        ];
        let facts = gathered("192.0.2.1", &[], &headers, Transit::default());
        assert_eq!(facts.client.to_string(), "192.0.2.1");
        assert!(!facts.https);
        assert_ne!(facts.request_id(), "abc-1");
        let facts = gathered("192.0.2.1", &["192.0.2.0/24"], &headers, Transit::default());
        assert_eq!(facts.client.to_string(), "203.0.113.9");
        assert!(facts.https);
        assert_eq!(facts.request_id(), "abc-1");
    }

    #[test]
    fn https_is_known_from_public_url_proxy_or_own_tls() {
        let public = Transit {
            public_https: true,
            own_tls: false,
        };
        let own = Transit {
            public_https: false,
            own_tls: true,
        };
        assert!(gathered("192.0.2.1", &[], &[], public).https);
        assert!(gathered("192.0.2.1", &[], &[], own).https);
        let plain = [("x-forwarded-proto", "http")];
        assert!(
            gathered("192.0.2.1", &[], &plain, public).https,
            "a stranger's word"
        );
        assert!(!gathered("192.0.2.1", &["192.0.2.1"], &plain, public).https);
        let two = [
            ("x-forwarded-proto", "http"),
            ("x-forwarded-proto", "http, https"),
        ];
        assert!(gathered("192.0.2.1", &["192.0.2.1"], &two, Transit::default()).https);
    }

    #[test]
    fn only_a_bare_loopback_peer_is_exempt_from_limits() {
        let exempt = |peer, proxies: &[&str], headers: &[(&str, &str)]| {
            gathered(peer, proxies, headers, Transit::default()).limits_exempt
        };
        assert!(exempt("127.0.0.1", &[], &[]));
        assert!(exempt("::1", &[], &[]));
        assert!(!exempt(
            "127.0.0.1",
            &[],
            &[("x-forwarded-for", "127.0.0.1")]
        ));
        assert!(!exempt("127.0.0.1", &["127.0.0.1"], &[]));
        assert!(!exempt("192.0.2.1", &[], &[]));
    }

    #[test]
    fn a_harmful_request_id_is_replaced_even_from_a_proxy() {
        for bad in ["", "a b", "x\u{fc}", &"a".repeat(65), "\"quoted\""] {
            let Ok(value) = HeaderValue::from_bytes(bad.as_bytes()) else {
                continue;
            };
            let mut map = HeaderMap::new();
            map.insert(HeaderName::from_static("x-request-id"), value);
            let proxies = TrustedProxies::parse(["192.0.2.1"]).unwrap();
            let facts = Facts::gather(
                "192.0.2.1".parse().unwrap(),
                &map,
                &proxies,
                Transit::default(),
            );
            assert_ne!(facts.request_id(), bad);
            assert_eq!(facts.request_id().len(), 22);
        }
    }

    #[test]
    fn the_command_line_shows_as_remote() {
        let label = ("x-dango-client", "dango-cli");
        let headers = [label, ("authorization", "Bearer x")];
        let alone = gathered("192.0.2.1", &[], &[label], Transit::default());
        assert_eq!(alone.origin(Door::Api).via, Via::Api);
        let facts = gathered("192.0.2.1", &[], &headers, Transit::default());
        assert_eq!(facts.origin(Door::Api).via, Via::Remote);
        assert_eq!(facts.origin(Door::Pages).via, Via::Web);
    }
}
