//! Addresses in the configuration: the public one, and the database's.

use std::fmt;

use dango_auth_core::Secret;
use url::Url;

use super::Settings;
use super::given::echo;

/// What stands where a secret is left out.
pub(super) const REDACTED: &str = "***";

/// The address under which people reach the server, without a closing slash.
///
/// Links, the cookie's name and path and the same-origin check come from it, never from a request's `Host`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    url: Url,
}

impl PublicUrl {
    /// Reads an `http` or `https` address, with or without a path prefix.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words that follow the setting's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = web_address(text)?;
        Ok(Self { url })
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The web origin as browsers write it, `https://auth.example.org` (RFC 6454 §6.2).
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The host name or address, without port.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether it leads to this very machine, so that links with it are of no use to others.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The path before all of ours: empty, or `/auth` without a closing slash.
    pub fn prefix(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// The full address of one of our paths, which starts with a slash.
    pub fn link(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.origin(), self.prefix())
    }
}

/// Reads an `http` or `https` address that carries no secret, query or fragment.
pub(super) fn web_address(text: &str) -> Result<Url, String> {
    let refused = || {
        format!(
            "must be an http or https address like https://auth.example.org, not {}",
            echo(text)
        )
    };
    let url = Url::parse(text).map_err(|_| refused())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(refused());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query or fragment".to_owned());
    }
    Ok(url)
}

pub(super) fn public(settings: &mut Settings, text: &str) -> Result<String, String> {
    let url = PublicUrl::parse(text)?;
    let shown = url.to_string();
    settings.public_url = Some(url);
    Ok(shown)
}

/// The address of the database; it may hold a password, so it shows itself without.
#[derive(Debug, Clone)]
pub struct DatabaseUrl {
    url: Secret,
}

impl DatabaseUrl {
    /// Reads `postgres://…`, `postgresql://…`, `sqlite:…` or `file:…`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words that follow the setting's name and do not repeat it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let named = ["postgres://", "postgresql://", "sqlite:", "file:"];
        let fits = named.iter().any(|start| {
            text.strip_prefix(start)
                .is_some_and(|rest| !rest.is_empty())
        });
        if !fits || text.chars().any(char::is_control) {
            return Err(
                "must start with postgres://, postgresql:// or sqlite: and name a database"
                    .to_owned(),
            );
        }
        Ok(Self {
            url: Secret::from(text),
        })
    }

    /// The whole address, for the store alone.
    pub fn expose(&self) -> &str {
        self.url.expose()
    }

    /// Whether it names a PostgreSQL server.
    pub fn is_postgres(&self) -> bool {
        self.expose().starts_with("postgres")
    }
}

impl fmt::Display for DatabaseUrl {
    /// The address with `***` for every password; in doubt more is left out, never less.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.expose();
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        if !scheme.is_empty() {
            write!(formatter, "{scheme}://")?;
        }
        let (login, place) = rest
            .rsplit_once('@')
            .map_or((None, rest), |(login, place)| (Some(login), place));
        match login.map(|login| {
            login
                .split_once(':')
                .map_or((login, ""), |(user, _)| (user, REDACTED))
        }) {
            Some((user, "")) => write!(formatter, "{user}@")?,
            Some((user, hidden)) => write!(formatter, "{user}:{hidden}@")?,
            None => {}
        }
        let (target, query) = place
            .split_once('?')
            .map_or((place, None), |(target, query)| (target, Some(query)));
        formatter.write_str(target)?;
        query.map_or(Ok(()), |query| {
            write!(formatter, "?{}", without_passwords(query))
        })
    }
}

fn without_passwords(query: &str) -> String {
    let shown = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("pass") => {
            format!("{name}={REDACTED}")
        }
        _ => pair.to_owned(),
    });
    shown.collect::<Vec<_>>().join("&")
}

pub(super) fn database(settings: &mut Settings, text: &str) -> Result<String, String> {
    let url = DatabaseUrl::parse(text)?;
    let shown = url.to_string();
    settings.database_url = Some(url);
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_address_gives_origin_prefix_and_links() {
        let url = PublicUrl::parse("HTTPS://Auth.Example.org:443/team/").unwrap();
        assert_eq!(url.origin(), "https://auth.example.org");
        assert_eq!(url.prefix(), "/team");
        assert_eq!(url.host(), "auth.example.org");
        assert_eq!(url.link("/login"), "https://auth.example.org/team/login");
        assert!(url.is_https());
        let plain = PublicUrl::parse("http://127.0.0.1:8800").unwrap();
        assert_eq!(plain.link("/login"), "http://127.0.0.1:8800/login");
        assert_eq!(plain.prefix(), "");
    }

    #[test]
    fn addresses_of_other_kinds_are_refused() {
        for bad in [
            "auth.example.org",
            "ftp://x",
            "https://",
            "https://a:b@x",
            "https://x/?a=1",
            "https://x/#f",
            "",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_database_address_never_shows_a_password() {
        let shown = |text: &str| DatabaseUrl::parse(text).unwrap().to_string();
        assert_eq!(
            shown("postgres://ann:s3/c@r?t@db:5432/auth"),
            "postgres://ann:***@db:5432/auth"
        );
        assert_eq!(
            shown("postgresql://ann@/auth?host=/run/pg"),
            "postgresql://ann@/auth?host=/run/pg"
        );
        let by_query = shown("postgres:///auth?user=ann&password=s3cret&sslpassword=x");
        assert_eq!(
            by_query,
            "postgres:///auth?user=ann&password=***&sslpassword=***"
        );
        assert_eq!(shown("sqlite:/var/lib/auth.db"), "sqlite:/var/lib/auth.db");
        let debug = format!(
            "{:?}",
            DatabaseUrl::parse("postgres://a:s3cret@db/x").unwrap()
        );
        assert!(!debug.contains("s3cret"), "{debug}");
    }

    #[test]
    fn other_database_addresses_are_refused_without_repeating_them() {
        for bad in [
            "mysql://u:s3cret@h/d",
            "postgres://",
            "auth.db",
            "host=db password=s3cret",
        ] {
            assert!(!DatabaseUrl::parse(bad).unwrap_err().contains("s3cret"));
        }
    }
}
