//! Where the database is and how it is opened.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dango_auth_core::seal::KeyRing;

use crate::StoreError;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file.
    Sqlite(PathBuf),
    /// A server, as a `postgres://` URL; may hold a password, so it is never shown whole.
    Postgres(String),
}

impl Location {
    /// Reads a URL: `postgres://`, `postgresql://`, `sqlite://` or `file:`; anything else is a path.
    ///
    /// # Errors
    /// [`StoreError::BadLocation`] for another scheme or an empty path.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let text = text.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = ["sqlite://", "sqlite:", "file://", "file:"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .unwrap_or(text);
        if let Some((scheme, _)) = path.split_once("://") {
            let reason = format!("unknown database scheme {scheme}; use postgres or sqlite");
            return Err(StoreError::BadLocation { reason });
        }
        if path.is_empty() {
            let reason = "the database location is empty".to_owned();
            return Err(StoreError::BadLocation { reason });
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

impl fmt::Display for Location {
    /// The path, or the URL without password and options.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(&without_secrets(url)),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

/// SECURITY: the options are dropped too, since `?password=` is a valid way to give one.
fn without_secrets(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = bare.split_once("://").unwrap_or(("postgres", bare));
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// Where the keys come from, for looking again while running: another process may have replaced them.
#[derive(Clone, Default)]
pub struct KeySource(Option<Arc<dyn Fn() -> Option<KeyRing> + Send + Sync>>);

impl KeySource {
    /// Asks `read` whenever a key is missing; it answers nothing when there is nothing to read.
    pub fn new(read: impl Fn() -> Option<KeyRing> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(read)))
    }

    pub(crate) fn keys(&self) -> Option<KeyRing> {
        self.0.as_ref().and_then(|read| read())
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySource")
    }
}

/// How to open a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Where it is.
    pub location: Location,
    /// Whether to make it when it does not exist.
    pub create: bool,
    /// The keys that open its secrets.
    pub keys: KeyRing,
    /// Where to look for more of them.
    pub key_source: KeySource,
    /// Most connections at one time.
    pub connections: u32,
    /// How long a transaction waits for a connection or a lock, retries included.
    pub patience: Duration,
}

impl StoreOptions {
    /// Usual options: the database must exist, 8 connections, 5 seconds.
    pub fn new(location: Location, keys: KeyRing) -> Self {
        Self {
            location,
            create: false,
            keys,
            key_source: KeySource::default(),
            connections: 8,
            patience: Duration::from_secs(5),
        }
    }

    /// Makes the database when it does not exist.
    #[must_use]
    pub const fn creating(mut self) -> Self {
        self.create = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_told_by_its_scheme() {
        let sqlite = |path: &str| Ok(Location::Sqlite(PathBuf::from(path)));
        assert_eq!(Location::parse("/x/auth.db"), sqlite("/x/auth.db"));
        assert_eq!(Location::parse("sqlite:///x/auth.db"), sqlite("/x/auth.db"));
        assert_eq!(Location::parse("file:auth.db"), sqlite("auth.db"));
        let url = "postgresql://h/db";
        assert_eq!(Location::parse(url), Ok(Location::Postgres(url.to_owned())));
        for bad in ["", "mysql://h/db", "sqlite://"] {
            assert!(
                matches!(Location::parse(bad), Err(StoreError::BadLocation { .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_shown_location_holds_no_password() {
        for url in [
            "postgres://ann:canary@db.example:5432/auth?sslmode=disable",
            "postgres://ann:ca@canary@db.example:5432/auth",
            "postgres://ann@db.example:5432/auth?password=canary",
        ] {
            let shown = format!("{0} {0:?}", Location::parse(url).unwrap());
            assert!(!shown.contains("canary"), "{shown}");
            assert!(
                shown.contains("postgres://ann@db.example:5432/auth"),
                "{shown}"
            );
        }
    }
}
