//! A `postgres://` URL in its parts, as libpq reads it.

/// The parts of a URL; nothing is decoded yet, so that libpq may complain about what it cannot read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PgUrl<'a> {
    scheme: &'a str,
    person: Option<&'a str>,
    hosts: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> PgUrl<'a> {
    /// Takes a URL apart; whatever is malformed ends up in some part as it is.
    pub(crate) fn parse(url: &'a str) -> Self {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
        // The first `@` before the first slash ends the person, whatever the password holds.
        let end = rest.find(['@', '/']);
        let (person, rest) = match end.map(|at| rest.split_at(at)) {
            Some((person, rest)) if rest.starts_with('@') => (Some(person), rest.get(1..)),
            _ => (None, Some(rest)),
        };
        let rest = rest.unwrap_or_default();
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        Self {
            scheme,
            person,
            hosts,
            path,
            query,
        }
    }

    /// The last value of an option, as libpq takes it.
    pub(crate) fn option(&self, name: &str) -> Option<String> {
        let named = self.options().filter(|(key, _)| key == name);
        named.map(|(_, value)| percent_decoded(value)).last()
    }

    /// The options in their order: names decoded, values not.
    pub(crate) fn options(&self) -> impl Iterator<Item = (String, &'a str)> {
        let pairs = self.query.split('&').filter_map(|it| it.split_once('='));
        pairs.map(|(key, value)| (percent_decoded(key), value))
    }

    /// The name before the `@`.
    pub(crate) fn user(&self) -> Option<String> {
        let name = self.person?.split(':').next().unwrap_or_default();
        Some(percent_decoded(name)).filter(|name| !name.is_empty())
    }

    /// Whether there is a password before the `@`.
    pub(crate) fn has_password(&self) -> bool {
        let secret = self.person.and_then(|person| person.split_once(':'));
        secret.is_some_and(|(_, secret)| !secret.is_empty())
    }

    /// The database after the slash.
    pub(crate) fn database(&self) -> Option<String> {
        Some(percent_decoded(self.path)).filter(|name| !name.is_empty())
    }

    /// Hosts and ports before the slash, in their order.
    pub(crate) fn hosts(&self) -> Vec<(String, Option<String>)> {
        let several = self.hosts.split(',').filter(|_| !self.hosts.is_empty());
        several.map(host_and_port).collect()
    }

    /// The same URL with other options: those that `keep` likes, then `more`.
    pub(crate) fn with_options(
        &self,
        keep: impl Fn(&str) -> bool,
        more: &[(&str, String)],
    ) -> String {
        let kept = self.options().filter(|(name, _)| keep(name));
        let kept = kept.map(|(name, value)| format!("{}={value}", percent_encoded(&name)));
        let more = more.iter();
        let more = more.map(|(name, value)| format!("{name}={}", percent_encoded(value)));
        let query: Vec<_> = kept.chain(more).collect();
        let person = self.person.map_or_else(String::new, |it| format!("{it}@"));
        let (scheme, hosts, path) = (self.scheme, self.hosts, self.path);
        format!("{scheme}://{person}{hosts}/{path}?{}", query.join("&"))
    }

    /// The same URL with the host part left to the options.
    pub(crate) fn without_hosts(self) -> Self {
        Self { hosts: "", ..self }
    }
}

fn host_and_port(text: &str) -> (String, Option<String>) {
    let (host, rest) = match text.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((address, rest)) => (address, rest),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = rest.strip_prefix(':').filter(|port| !port.is_empty());
    (percent_decoded(host), port.map(percent_decoded))
}

pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%').then(|| tail.get(..2)).flatten();
        let decoded = escaped
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(first));
        rest = if decoded.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn percent_encoded(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b',' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_as_libpq_reads_it() {
        let url = PgUrl::parse("postgresql://ann:s%3A@a:1,[::1]:2,%2Ftmp/db%20x?a=1&a=%32&b=c");
        assert_eq!(url.user().as_deref(), Some("ann"));
        assert!(url.has_password());
        let host = |name: &str, port: Option<&str>| (name.to_owned(), port.map(str::to_owned));
        let hosts = [
            host("a", Some("1")),
            host("::1", Some("2")),
            host("/tmp", None),
        ];
        assert_eq!(url.hosts(), hosts);
        assert_eq!(url.database().as_deref(), Some("db x"));
        assert_eq!(url.option("a").as_deref(), Some("2"));
        let bare = PgUrl::parse("postgres://h");
        assert_eq!(bare.hosts(), [host("h", None)]);
        assert_eq!((bare.user(), bare.database()), (None, None));
        assert!(!bare.has_password() && bare.option("a").is_none());
        assert!(PgUrl::parse("postgres:///db").hosts().is_empty());
        assert_eq!(percent_decoded("100%"), "100%");
    }

    #[test]
    fn options_are_replaced_and_the_rest_stays_as_it_was_written() {
        let url = PgUrl::parse("postgres://ann:%zz@a,b/db?host=x&sslmode=require&c=%20");
        let keep = |name: &str| !["host", "sslmode"].contains(&name);
        assert_eq!(
            url.without_hosts()
                .with_options(keep, &[("host", "/t m,/u".to_owned())]),
            "postgres://ann:%zz@/db?c=%20&host=/t%20m,/u"
        );
        let parts = PgUrl::parse("postgres://h").with_options(|_| true, &[("p", "&=".to_owned())]);
        assert_eq!(parts, "postgres://h/?p=%26%3D");
    }
}
