//! What a URL and PostgreSQL's variables ask for, with libpq's meaning.

use std::path::PathBuf;
use std::time::Duration;

use socket2::TcpKeepalive;

use super::place::Place;
use super::{home_file, refused, variable};
use crate::StoreError;
use crate::dialect::PgUrl;

/// `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// No TLS.
    Disable,
    /// TLS where the server offers it (`allow`, `prefer`).
    Prefer,
    /// TLS or nothing.
    Require,
    /// And the certificate is signed by an authority of ours.
    VerifyCa,
    /// And it is for the host of the URL.
    VerifyFull,
}

/// Where authorities come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Roots {
    /// Those of the operating system.
    System,
    /// Those in a file.
    File(PathBuf),
}

/// Everything that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) mode: Mode,
    pub(super) roots: Roots,
    /// Our own certificate and its key.
    pub(super) own: Option<(PathBuf, PathBuf)>,
    /// Whether the server is told which host is meant.
    pub(super) sni: bool,
    /// Whether TLS 1.2 will not do.
    pub(super) newest_only: bool,
    /// How long connecting may take, the first answer included.
    pub(super) patience: Duration,
    pub(super) keepalive: Keepalive,
}

/// When a server that died without a word is given up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keepalive {
    pub(super) on: bool,
    pub(super) idle: Duration,
    pub(super) interval: Duration,
    pub(super) count: u32,
    pub(super) unanswered: Duration,
}

/// Options of libpq's about TLS that mean something here; others are refused, since they would be ignored.
const KNOWN: [&str; 10] = [
    "ssl",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslsni",
    "sslcompression",
    "sslcertmode",
    "sslnegotiation",
    "ssl_min_protocol_version",
];

impl Settings {
    /// Reads them.
    pub(super) fn read(url: &PgUrl<'_>) -> Result<Self, StoreError> {
        let of_tls = |name: &String| name.starts_with("ssl");
        let mut names = url.options().map(|(name, _)| name).filter(of_tls);
        if let Some(name) = names.find(|name| !KNOWN.contains(&name.as_str())) {
            return Err(refused(format!(
                "the database url asks for {name}, which is not supported"
            )));
        }
        refuse_unless(url, "sslnegotiation", &["postgres"])?;
        refuse_unless(url, "sslcertmode", &["allow", "disable"])?;
        refuse_unless(url, "channel_binding", &["prefer", "disable"])?;
        let versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
        refuse_unless(url, "ssl_min_protocol_version", &versions)?;
        let (mode, roots) = trusted(url)?;
        Ok(Self {
            mode,
            roots,
            own: own_certificate(url)?,
            sni: url.option("sslsni").is_none_or(|value| value != "0"),
            newest_only: url.option("ssl_min_protocol_version").as_deref() == Some("TLSv1.3"),
            patience: patience(seconds(url, "connect_timeout")),
            keepalive: Keepalive::read(url),
        })
    }

    /// A service file may name a host that no door was made for.
    pub(super) fn refuse_hidden_host(
        &self,
        url: &PgUrl<'_>,
        places: &[Place],
    ) -> Result<(), StoreError> {
        let service = url.option("service").or_else(|| variable("PGSERVICE"));
        if places.is_empty() && service.is_some() && self.mode >= Mode::Require {
            let reason =
                "write the host into the database url: TLS does not reach one from a service file";
            return Err(refused(reason));
        }
        Ok(())
    }
}

impl Keepalive {
    fn read(url: &PgUrl<'_>) -> Self {
        let seconds = |name| Duration::from_secs(seconds(url, name));
        Self {
            on: url.option("keepalives").is_none_or(|value| value != "0"),
            idle: seconds("keepalives_idle"),
            interval: seconds("keepalives_interval"),
            count: u32::try_from(self::seconds(url, "keepalives_count")).unwrap_or(0),
            unanswered: Duration::from_millis(self::seconds(url, "tcp_user_timeout")),
        }
    }
}

impl Keepalive {
    /// What was given; zero leaves it to the operating system.
    pub(super) fn given(&self) -> TcpKeepalive {
        let mut given = TcpKeepalive::new();
        if !self.idle.is_zero() {
            given = given.with_time(self.idle);
        }
        if !self.interval.is_zero() {
            given = given.with_interval(self.interval);
        }
        if self.count > 0 {
            given = given.with_retries(self.count);
        }
        given
    }
}

fn seconds(url: &PgUrl<'_>, name: &str) -> u64 {
    let text = url.option(name);
    text.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// A little less than libpq waits, so that it hears why.
fn patience(connect_timeout: u64) -> Duration {
    let hour = Duration::from_secs(3_600);
    let wait = Duration::from_secs(connect_timeout);
    let wait = if wait.is_zero() { hour } else { wait };
    wait.saturating_sub(Duration::from_millis(200))
}

fn refuse_unless(url: &PgUrl<'_>, name: &str, known: &[&str]) -> Result<(), StoreError> {
    match url.option(name) {
        Some(value) if !known.contains(&value.as_str()) => Err(refused(format!(
            "the database url asks for {name}={value}, which is not supported"
        ))),
        _ => Ok(()),
    }
}

fn trusted(url: &PgUrl<'_>) -> Result<(Mode, Roots), StoreError> {
    let roots = url
        .option("sslrootcert")
        .or_else(|| variable("PGSSLROOTCERT"));
    let named = url.option("sslmode").or_else(|| {
        let java = url.option("ssl").filter(|value| value == "true");
        java.map(|_| "require".to_owned())
            .or_else(|| variable("PGSSLMODE"))
    });
    let roots = match roots.filter(|text| !text.is_empty()).as_deref() {
        Some("system") => {
            let mode = named.map_or(Ok(Mode::VerifyFull), |name| mode(&name))?;
            if mode == Mode::Disable || mode == Mode::VerifyFull {
                return Ok((mode, Roots::System));
            }
            let reason = "sslrootcert=system asks for sslmode=verify-full: \
                          anybody can get a certificate that one of the system's authorities has signed";
            return Err(refused(reason));
        }
        Some(file) => Some(PathBuf::from(file)),
        None => home_file(".postgresql/root.crt"),
    };
    match (named.map_or(Ok(Mode::Prefer), |name| mode(&name))?, roots) {
        // What libpq does: a file of authorities is there to be looked at.
        (Mode::Require, Some(file)) => Ok((Mode::VerifyCa, Roots::File(file))),
        (Mode::VerifyCa, None) => Err(refused(
            "sslmode=verify-ca needs sslrootcert=FILE, the certificate of the authority",
        )),
        (mode, Some(file)) => Ok((mode, Roots::File(file))),
        (mode, None) => Ok((mode, Roots::System)),
    }
}

fn mode(name: &str) -> Result<Mode, StoreError> {
    match name {
        "disable" => Ok(Mode::Disable),
        "allow" | "prefer" => Ok(Mode::Prefer),
        "require" => Ok(Mode::Require),
        "verify-ca" => Ok(Mode::VerifyCa),
        "verify-full" => Ok(Mode::VerifyFull),
        _ => Err(refused(format!(
            "there is no sslmode={name}; use disable, allow, prefer, require, verify-ca or verify-full"
        ))),
    }
}

fn own_certificate(url: &PgUrl<'_>) -> Result<Option<(PathBuf, PathBuf)>, StoreError> {
    if url.option("sslcertmode").as_deref() == Some("disable") {
        return Ok(None);
    }
    let file = |option: &str, from: &str, usual: &str| {
        let named = url.option(option).or_else(|| variable(from));
        let named = named.filter(|name| !name.is_empty()).map(PathBuf::from);
        named.or_else(|| home_file(usual))
    };
    let certificate = file("sslcert", "PGSSLCERT", ".postgresql/postgresql.crt");
    let key = file("sslkey", "PGSSLKEY", ".postgresql/postgresql.key");
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        (None, _) => Ok(None),
        (Some(_), None) => Err(refused(
            "sslcert needs sslkey=FILE, the certificate's private key",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &str) -> Result<Settings, StoreError> {
        Settings::read(&PgUrl::parse(&format!("postgres://h/db?{options}")))
    }

    #[test]
    fn modes_mean_what_they_mean_to_libpq() {
        for (options, mode) in [
            ("", Mode::Prefer),
            ("sslmode=allow", Mode::Prefer),
            ("sslmode=disable", Mode::Disable),
            ("sslmode=%72equire", Mode::Require),
            ("ssl=true", Mode::Require),
            ("sslmode=require&sslrootcert=ca.pem", Mode::VerifyCa),
            ("sslmode=verify-full", Mode::VerifyFull),
            ("sslrootcert=system", Mode::VerifyFull),
        ] {
            assert_eq!(read(options).unwrap().mode, mode, "{options}");
        }
    }

    #[test]
    fn what_would_be_ignored_or_makes_no_sense_is_refused() {
        for options in [
            "sslmode=verify_full",
            "sslmode=verify-ca",
            "sslmode=require&sslrootcert=system",
            "sslcrl=list.pem",
            "sslpassword=canary",
            "sslnegotiation=direct",
            "channel_binding=require",
            "ssl_min_protocol_version=SSLv3",
            "sslcert=own.pem",
        ] {
            let error = read(options).unwrap_err();
            assert!(matches!(error, StoreError::BadLocation { .. }), "{options}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
