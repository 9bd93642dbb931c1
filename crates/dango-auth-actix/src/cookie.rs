//! Cookies, read from raw bytes and written attribute by attribute.
//!
//! The framework's reader percent-decodes names, so that a sibling subdomain could plant
//! `__%48ost-dango_session`, and takes the first of two; here a name is its exact ASCII bytes and a
//! cookie that is there twice is not there at all (security research §0.5, §4.6).

use actix_web::http::header::{self, HeaderMap, HeaderValue};

/// A cookie of ours: its name with and without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieName {
    plain: &'static str,
    host: &'static str,
}

/// The session's token.
pub const SESSION: CookieName = CookieName {
    plain: "dango_session",
    host: "__Host-dango_session",
};

/// The token of a device that signed in before.
pub const DEVICE: CookieName = CookieName {
    plain: "dango_device",
    host: "__Host-dango_device",
};

/// What forms shown before sign-in are bound to.
pub const VISIT: CookieName = CookieName {
    plain: "dango_visit",
    host: "__Host-dango_visit",
};

impl CookieName {
    /// A cookie of a front end's own: its name, and the name with `__Host-` in front.
    pub const fn new(plain: &'static str, host: &'static str) -> Self {
        Self { plain, host }
    }

    /// The name in force: with the `__Host-` prefix over HTTPS (RFC 6265bis §4.1.3.2).
    pub const fn over(self, https: bool) -> &'static str {
        if https { self.host } else { self.plain }
    }
}

/// Why a cookie is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It was not sent.
    Missing,
    /// It was sent more than once, or under a percent-encoded name that a lax reader takes for it.
    Ambiguous,
}

/// Reads the one cookie of this exact name.
///
/// # Errors
/// [`Absent`]; an ambiguous cookie is as good as none, but worth a line in the log.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Absent> {
    let mut found = None;
    for line in headers.get_all(header::COOKIE) {
        for pair in line.as_bytes().split(|byte| *byte == b';') {
            let pair = pair.trim_ascii();
            let at = pair
                .iter()
                .position(|byte| *byte == b'=')
                .unwrap_or(pair.len());
            let (sent, rest) = pair.split_at(at);
            let exact = sent == name.as_bytes();
            if !exact && decodes_to(sent, name.as_bytes()) {
                return Err(Absent::Ambiguous);
            }
            if exact && found.replace(rest.get(1..).unwrap_or_default()).is_some() {
                return Err(Absent::Ambiguous);
            }
        }
    }
    let value = found.ok_or(Absent::Missing)?;
    std::str::from_utf8(value).map_err(|_| Absent::Missing)
}

/// Tells whether a name with percent escapes stands for `name`.
fn decodes_to(sent: &[u8], name: &[u8]) -> bool {
    sent.contains(&b'%') && percent_decoded(sent).eq_ignore_ascii_case(name)
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let escape = after.get(..2).filter(|_| *first == b'%');
        let byte = escape
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(byte.unwrap_or(*first));
        rest = if byte.is_some() {
            after.get(2..).unwrap_or_default()
        } else {
            after
        };
    }
    decoded
}

/// A `Set-Cookie` value that keeps `value` for `max_age` seconds.
///
/// None when the value cannot stand in a header, which no token of ours does.
pub fn set(name: CookieName, value: &str, max_age: u64, https: bool) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let name = name.over(https);
    let text = format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age={max_age}{secure}");
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// A `Set-Cookie` value that takes the cookie back, with the attributes it was set with.
pub fn clear(name: CookieName, https: bool) -> Option<HeaderValue> {
    set(name, "", 0, https)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        headers
    }

    #[test]
    fn the_exact_name_is_found_wherever_it_stands() {
        for line in [
            "dango_session=T",
            "a=b; dango_session=T",
            "a=b;dango_session=T",
            " ;; dango_session=T ;x",
            "xdango_session=1; dango_session=T; dango_sessionx=2",
            "DANGO_SESSION=1; dango_session=T",
        ] {
            assert_eq!(
                read(&headers(&[line.as_bytes()]), "dango_session"),
                Ok("T"),
                "{line}"
            );
        }
        assert_eq!(
            read(&headers(&[b"dango_session=a=b"]), "dango_session"),
            Ok("a=b")
        );
        assert_eq!(
            read(&headers(&[b"x=1", b"dango_session=T"]), "dango_session"),
            Ok("T")
        );
    }

    #[test]
    fn a_cookie_sent_twice_is_refused_even_with_the_same_value() {
        let twice = headers(&[b"dango_session=a; dango_session=a"]);
        assert_eq!(read(&twice, "dango_session"), Err(Absent::Ambiguous));
        let lines = headers(&[b"dango_session=a", b"dango_session=b"]);
        assert_eq!(read(&lines, "dango_session"), Err(Absent::Ambiguous));
    }

    #[test]
    fn a_percent_encoded_name_is_never_the_cookie() {
        let name = SESSION.over(true);
        let planted = headers(&[b"__%48ost-dango_session=evil"]);
        assert_eq!(read(&planted, name), Err(Absent::Ambiguous));
        let beside = headers(&[b"__%48ost-dango_session=evil; __Host-dango_session=good"]);
        assert_eq!(read(&beside, name), Err(Absent::Ambiguous));
        assert_eq!(
            read(&headers(&[b"%64ango_session=evil"]), "dango_session"),
            Err(Absent::Ambiguous)
        );
        assert_eq!(
            read(&headers(&[b"%zz=1; dango_session=T"]), "dango_session"),
            Ok("T")
        );
    }

    #[test]
    fn what_is_not_there_or_not_text_is_missing() {
        assert_eq!(
            read(&HeaderMap::new(), "dango_session"),
            Err(Absent::Missing)
        );
        assert_eq!(
            read(&headers(&[b"dango_session=\xff"]), "dango_session"),
            Err(Absent::Missing)
        );
        assert_eq!(read(&headers(&[b"dango_session"]), "dango_session"), Ok(""));
    }

    #[test]
    fn a_cookie_is_set_with_exactly_its_attributes() {
        assert_eq!(
            set(SESSION, "T", 31_536_000, true).unwrap(),
            "__Host-dango_session=T; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000; Secure"
        );
        assert_eq!(
            set(SESSION, "T", 300, false).unwrap(),
            "dango_session=T; HttpOnly; SameSite=Lax; Path=/; Max-Age=300"
        );
        assert_eq!(
            clear(SESSION, false).unwrap(),
            "dango_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"
        );
        assert!(set(SESSION, "a\nb", 1, false).is_none());
    }
}
