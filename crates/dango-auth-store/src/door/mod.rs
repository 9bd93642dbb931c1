//! TLS to PostgreSQL: a door between libpq and the network.
//!
//! libpq is compiled in without TLS, so that a C compiler is all a build needs (`docs/adr/0015`). Where a
//! URL names hosts on the network, each of them gets a *door* while a connection is made: a unix socket in
//! a private folder, at which libpq knocks as it would at a local server. A thread of this process lets in
//! nobody but this process, connects to the real host, asks for TLS, looks at the certificate and then
//! carries bytes both ways. Once libpq is connected the folder is gone; what was let in stays.
//!
//! - [`settings`]: what the URL asks for: `sslmode` and its like, with libpq's meaning.
//! - [`trust`]: whom to believe, and who we are: certificates and keys.
//! - [`judge`]: looks at the server's certificate.
//! - [`place`]: which hosts there are, and where to knock for them.
//! - [`keeper`]: the thread, and what it does for each that knocks.
//! - [`wire`]: the few messages of PostgreSQL's protocol that have to be known here.
//! - [`reasons`]: what went wrong, for the person who has to act.
//! - [`password`]: the password file, which libpq would search by the host it does not see.

mod judge;
mod keeper;
mod password;
mod place;
mod reasons;
mod settings;
mod trust;
mod wire;

use std::sync::Arc;

use crate::StoreError;
use crate::dialect::PgUrl;

use keeper::Keeper;
use place::Place;
use settings::{Mode, Settings};

/// The doors of one URL, open as long as this lives.
#[derive(Debug)]
pub(crate) struct Doors {
    url: String,
    open: Option<(Keeper, Vec<Place>)>,
}

impl Doors {
    /// Opens what the URL needs; none for sockets, and none where TLS is not wanted.
    ///
    /// # Errors
    /// [`StoreError::BadLocation`] for settings that cannot work.
    pub(crate) fn open(text: &str) -> Result<Self, StoreError> {
        let url = PgUrl::parse(text);
        let settings = Settings::read(&url)?;
        let places = place::places(&url)?;
        if settings.mode == Mode::Disable || !places.iter().any(Place::is_remote) {
            settings.refuse_hidden_host(&url, &places)?;
            return Ok(Self {
                url: without_tls(&url, &[]),
                open: None,
            });
        }
        let password = password::of(&url, &places)?;
        let client = Arc::new(trust::client_config(&settings)?);
        let keeper = Keeper::open(&places, &settings, &client)?;
        let mut more = vec![
            ("host", keeper.hosts(&places)),
            ("port", place::ports(&places)),
        ];
        more.extend(password.map(|secret| ("password", secret)));
        Ok(Self {
            url: without_tls(&url.without_hosts(), &more),
            open: Some((keeper, places)),
        })
    }

    /// Looks at the settings without opening anything.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn check(text: &str) -> Result<(), StoreError> {
        let url = PgUrl::parse(text);
        let (settings, places) = (Settings::read(&url)?, place::places(&url)?);
        settings.refuse_hidden_host(&url, &places)?;
        if settings.mode != Mode::Disable && places.iter().any(Place::is_remote) {
            password::of(&url, &places)?;
            trust::client_config(&settings)?;
        }
        Ok(())
    }

    /// What libpq has to be given; holds a password where the given URL did or the password file does.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A message of libpq's, with the real hosts in place of the sockets.
    pub(crate) fn in_words(&self, text: &str) -> String {
        let Some((keeper, places)) = &self.open else {
            return text.to_owned();
        };
        let renamed = |text: String, (socket, name): (String, String)| {
            text.replace(&format!("on socket \"{socket}\""), &name)
                .replace("failed: FATAL: ", "failed: ")
        };
        keeper
            .sockets(places)
            .into_iter()
            .fold(text.to_owned(), renamed)
    }
}

/// The URL for a libpq that knows no TLS: it refuses to be told about it.
fn without_tls(url: &PgUrl<'_>, more: &[(&str, String)]) -> String {
    let own = |name: &str| {
        name.starts_with("ssl")
            || more.iter().any(|(given, _)| *given == name)
            || (!more.is_empty() && name == "hostaddr")
    };
    // PostgreSQL's variables would count where the URL says nothing.
    let plain = [
        ("sslrootcert", String::new()),
        ("sslmode", "disable".to_owned()),
    ];
    let more: Vec<_> = more.iter().cloned().chain(plain).collect();
    url.with_options(|name| !own(name), &more)
}

/// A variable that libpq itself would read.
#[allow(clippy::disallowed_methods)] // PostgreSQL's own variables have the meaning they have everywhere
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A file of PostgreSQL's folder in somebody's home.
fn home_file(name: &str) -> Option<std::path::PathBuf> {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    Some(home?.join(name)).filter(|file| file.is_file())
}

fn refused(reason: impl Into<String>) -> StoreError {
    StoreError::BadLocation {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_and_plain_connections_need_no_door() {
        for url in [
            "postgres://u@/db?host=/tmp/x&sslmode=verify-full&sslrootcert=system",
            "postgres://u:p@h:1/db?sslmode=disable",
        ] {
            let doors = Doors::open(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert!(doors.open.is_none(), "{url}");
            assert!(doors.url().ends_with("sslmode=disable"), "{}", doors.url());
            assert!(!doors.url().contains("system"), "{}", doors.url());
        }
    }

    #[test]
    fn each_host_on_the_network_has_a_door_of_its_own_while_it_is_needed() {
        let doors = Doors::open("postgres://u:p@a:1,b/db?host=a,/s,b&port=1,2,3&x=y").unwrap();
        let url = PgUrl::parse(doors.url());
        let hosts = url.option("host").unwrap();
        let hosts: Vec<_> = hosts.split(',').collect();
        assert_eq!((hosts.len(), hosts[1]), (3, "/s"));
        assert_eq!(url.option("port").as_deref(), Some("1,2,3"));
        assert_eq!(url.option("x").as_deref(), Some("y"));
        let folder = std::path::Path::new(hosts[0]);
        assert!(folder.join(".s.PGSQL.1").exists());
        let said = format!(
            "connection to server on socket \"{}/.s.PGSQL.3\" failed: FATAL: it is cold",
            hosts[2]
        );
        let words = "connection to server at \"b\", port 3 failed: it is cold";
        assert_eq!(doors.in_words(&said), words);
        drop(doors);
        assert!(!folder.exists());
    }
}
