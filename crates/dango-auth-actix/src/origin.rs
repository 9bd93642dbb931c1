//! The web origins this server answers for, and whether a request comes from one of them.
//!
//! SECURITY: links are never made from a request's `Host`. It is compared here only: on plain HTTP from
//! loopback any name that is not this machine's is refused, so that no foreign page can reach a
//! developer's server by making its own name point to 127.0.0.1.

use actix_web::http::header::{self, HeaderMap};
use dango_auth::settings::PublicUrl;

use crate::facts::Facts;

/// What the headers say about where a request was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sameness {
    /// On a page of ours.
    Same,
    /// On a page of somebody else's.
    Foreign,
    /// They say nothing, as scripts do.
    Unsaid,
}

/// Compares `Sec-Fetch-Site`, or where that is absent `Origin`, with our own origin.
pub(crate) fn sameness(headers: &HeaderMap, facts: &Facts, public: Option<&PublicUrl>) -> Sameness {
    let mut sites = headers.get_all("sec-fetch-site");
    if let Some(site) = sites.next() {
        let same = site.as_bytes() == b"same-origin" && sites.next().is_none();
        return if same {
            Sameness::Same
        } else {
            Sameness::Foreign
        };
    }
    let mut origins = headers.get_all(header::ORIGIN);
    match (origins.next(), origins.next()) {
        (None, _) => Sameness::Unsaid,
        (Some(origin), None) if is_ours(origin.as_bytes(), headers, facts, public) => {
            Sameness::Same
        }
        _ => Sameness::Foreign,
    }
}

fn is_ours(origin: &[u8], headers: &HeaderMap, facts: &Facts, public: Option<&PublicUrl>) -> bool {
    if public.is_some_and(|public| public.origin().as_bytes() == origin) {
        return true;
    }
    let Some(host) = host(headers) else {
        return false;
    };
    let scheme = if facts.https { "https" } else { "http" };
    let direct = public.is_none() || is_loopback_name(host_name(host));
    direct
        && format!("{scheme}://{host}")
            .as_bytes()
            .eq_ignore_ascii_case(origin)
}

/// Tells whether this server answers for the request's `Host`.
///
/// Behind a trusted proxy and over HTTPS the proxy or the certificate has decided that already.
pub(crate) fn answers_for(headers: &HeaderMap, facts: &Facts, public: Option<&PublicUrl>) -> bool {
    if facts.https || facts.through_proxy || !facts.peer.is_loopback() {
        return true;
    }
    let Some(name) = host(headers).map(host_name) else {
        return false;
    };
    is_loopback_name(name) || public.is_some_and(|public| public.host().eq_ignore_ascii_case(name))
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
}

/// The name in `name`, `name:port`, `[address]` or `[address]:port`.
fn host_name(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

fn is_loopback_name(name: &str) -> bool {
    const LAST: &[u8] = b".localhost";
    let end = name.len().checked_sub(LAST.len());
    let end = end.and_then(|start| name.as_bytes().get(start..));
    name.eq_ignore_ascii_case("localhost")
        || end.is_some_and(|end| end.eq_ignore_ascii_case(LAST))
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use dango_auth::core::client_address::TrustedProxies;

    use super::*;
    use crate::facts::Transit;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        map
    }

    fn facts(peer: &str, headers: &HeaderMap, public: Option<&PublicUrl>) -> Facts {
        let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
        let public_https = public.is_some_and(PublicUrl::is_https);
        Facts::gather(
            peer.parse().unwrap(),
            headers,
            &proxies,
            Transit {
                public_https,
                own_tls: false,
            },
        )
    }

    fn judged(pairs: &[(&'static str, &str)], public: Option<&str>) -> Sameness {
        let public = public.map(|text| PublicUrl::parse(text).unwrap());
        let headers = headers(pairs);
        sameness(
            &headers,
            &facts("127.0.0.1", &headers, public.as_ref()),
            public.as_ref(),
        )
    }

    #[test]
    fn fetch_metadata_decides_where_it_is_sent() {
        assert_eq!(
            judged(&[("sec-fetch-site", "same-origin")], None),
            Sameness::Same
        );
        for other in ["same-site", "cross-site", "none", "SAME-ORIGIN", ""] {
            assert_eq!(
                judged(&[("sec-fetch-site", other)], None),
                Sameness::Foreign,
                "{other}"
            );
        }
        let both = [
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://localhost"),
            ("host", "localhost"),
        ];
        assert_eq!(judged(&both, None), Sameness::Foreign);
        let twice = [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "cross-site"),
        ];
        assert_eq!(judged(&twice, None), Sameness::Foreign);
    }

    #[test]
    fn an_origin_is_compared_with_scheme_host_and_port() {
        let host = ("host", "localhost:8800");
        assert_eq!(
            judged(&[host, ("origin", "http://localhost:8800")], None),
            Sameness::Same
        );
        for foreign in [
            "http://localhost",
            "https://localhost:8800",
            "null",
            "http://evil.example",
            "",
        ] {
            assert_eq!(
                judged(&[host, ("origin", foreign)], None),
                Sameness::Foreign,
                "{foreign}"
            );
        }
        assert_eq!(judged(&[host], None), Sameness::Unsaid);
    }

    #[test]
    fn the_public_address_is_the_origin_whatever_the_host_says() {
        let public = Some("https://auth.example.org/dango");
        let ours = [
            ("host", "evil.example"),
            ("origin", "https://auth.example.org"),
        ];
        assert_eq!(judged(&ours, public), Sameness::Same);
        let reflected = [("host", "evil.example"), ("origin", "https://evil.example")];
        assert_eq!(judged(&reflected, public), Sameness::Foreign);
    }

    #[test]
    fn plain_loopback_answers_for_this_machine_only() {
        let answered = |peer: &str, host: &str, public: Option<&str>| {
            let public = public.map(|text| PublicUrl::parse(text).unwrap());
            let headers = headers(&[("host", host)]);
            answers_for(
                &headers,
                &facts(peer, &headers, public.as_ref()),
                public.as_ref(),
            )
        };
        for own in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1:8800",
            "[::1]:8800",
            "app.localhost",
        ] {
            assert!(answered("127.0.0.1", own, None), "{own}");
        }
        for foreign in [
            "evil.example",
            "evil.example:8800",
            "10.1.1.1",
            "localhost.evil.example",
        ] {
            assert!(!answered("127.0.0.1", foreign, None), "{foreign}");
        }
        assert!(answered("127.0.0.1", "team.lan", Some("http://team.lan")));
        assert!(
            answered("10.1.1.1", "app.example", None),
            "a trusted proxy has decided"
        );
        assert!(answered("192.0.2.1", "app.example", None));
    }
}
