//! PostgreSQL: the URL, the session's settings, and what its errors mean.

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use super::{Fault, Mode};
use crate::StoreError;

/// Names the migration lock among all advisory locks of the database: `dangoaut` in ASCII.
const MIGRATION_LOCK: i64 = 0x6461_6e67_6f61_7574;
/// Shared by those who seal, held alone by whoever replaces the key.
const KEY_LOCK: i64 = 0x6461_6e67_6f6b_6579;

pub(super) const fn begin_sql(mode: Mode) -> &'static str {
    match mode {
        Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        // The guard row's lock orders changes; at a stricter level those who waited for it would
        // act on what they saw before.
        Mode::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
    }
}

/// Refuses a URL that asks for what this build cannot do.
///
/// The client library is compiled in without TLS, so that a C compiler is all a build needs, unless the
/// feature `pg-tls` is on.
pub(super) fn check_url(url: &str) -> Result<(), StoreError> {
    if cfg!(feature = "pg-tls") {
        return Ok(());
    }
    let demanded = option(url, "sslmode")
        .filter(|mode| matches!(mode.as_str(), "require" | "verify-ca" | "verify-full"));
    match demanded {
        None => Ok(()),
        Some(mode) => Err(StoreError::BadLocation {
            reason: format!(
                "the database url demands sslmode={mode}, but this build has no TLS to PostgreSQL; \
                 use a unix socket, a private network or a TLS tunnel, or build with --features pg-tls"
            ),
        }),
    }
}

/// The last value of an option in the query part, as libpq takes it.
fn option(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, _)| percent_decoded(key) == name)
        .map(|(_, value)| percent_decoded(value))
        .next_back()
}

fn percent_decoded(text: &str) -> String {
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

/// A server that died without a word is noticed within seconds; over a socket the last four do nothing.
const DEFAULTS: [(&str, &str); 6] = [
    ("connect_timeout", "2"),
    ("application_name", "dango-auth"),
    ("keepalives_idle", "3"),
    ("keepalives_interval", "1"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "5000"),
];

/// Adds options that the URL does not set itself.
fn with_defaults(url: &str) -> String {
    let mut url = url.to_owned();
    // Of several servers only one takes writes; it is found anew after a failover.
    let hosts = option(&url, "host").unwrap_or_default();
    let address = url.split('?').next().unwrap_or_default();
    let several = hosts.contains(',') || address.contains(',');
    let last = several.then_some(("target_session_attrs", "read-write"));
    for (name, value) in DEFAULTS.into_iter().chain(last) {
        if option(&url, name).is_none() {
            let joint = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{joint}{name}={value}");
        }
    }
    url
}

#[allow(clippy::disallowed_methods)] // the store's opener
pub(super) fn connect(url: &str) -> Result<PgConnection, StoreError> {
    let mut connection = PgConnection::establish(&with_defaults(url))
        .map_err(|error| StoreError::unavailable(without_password(url, &error), true))?;
    set_up(&mut connection).map_err(|error| match error {
        diesel::result::Error::DatabaseError(_, info) => explain(info.message()).error,
        other => StoreError::unavailable(one_line(&other.to_string()), true),
    })?;
    Ok(connection)
}

/// What the client library says, unless it quotes a password: it does so for a URL that it cannot read.
fn without_password(url: &str, error: &diesel::ConnectionError) -> String {
    let text = one_line(&error.to_string());
    let (_, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.rsplit_once('@').map_or("", |(user, _)| user);
    let in_authority = authority
        .split_once(':')
        .map(|(_, secret)| secret.to_owned());
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let options = query.split('&').filter_map(|pair| pair.split_once('='));
    let in_options = options.filter(|(name, _)| percent_decoded(name).contains("password"));
    let mut secrets: Vec<String> = in_options.map(|(_, secret)| secret.to_owned()).collect();
    secrets.extend(in_authority);
    // An `@` in a password ends it for the library, which takes the rest for the host.
    let quoted = |part: &str| {
        !part.is_empty() && (text.contains(part) || text.contains(&percent_decoded(part)))
    };
    if secrets
        .iter()
        .flat_map(|secret| secret.split('@'))
        .any(quoted)
    {
        return "its url cannot be read; are the special characters percent-encoded?".to_owned();
    }
    text
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

fn set_up(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute(
        "SET statement_timeout = '5s';
         SET lock_timeout = '2s';
         SET idle_in_transaction_session_timeout = '10s';
         SET client_encoding = 'UTF8';",
    )?;
    let commit: Setting = sql_query("SELECT current_setting('synchronous_commit') AS value")
        .get_result(connection)?;
    if commit.value == "off" {
        tracing::warn!("synchronous_commit is off here; switched on for this program's sessions");
        connection.batch_execute("SET synchronous_commit = on")?;
    }
    Ok(())
}

pub(super) fn only_watch(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute("SET default_transaction_read_only = on")
}

/// Waits for a starting neighbour; its work may take longer than a statement may otherwise.
pub(super) fn lock_migrations(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute(&format!(
        "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0;
         SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
    ))
}

pub(super) fn lock_key_use(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute(&format!("SELECT pg_advisory_xact_lock_shared({KEY_LOCK})"))
}

pub(super) fn lock_key_change(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({KEY_LOCK})"))
}

pub(super) fn plan_by_values(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute("SET LOCAL plan_cache_mode = force_custom_plan")
}

pub(super) fn let_commit_wait(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute("SET LOCAL statement_timeout = 0")
}

pub(super) fn take_time(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
    )
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

pub(super) fn has_table(connection: &mut PgConnection, name: &str) -> QueryResult<bool> {
    let answer: Found = sql_query("SELECT to_regclass(quote_ident($1)) IS NOT NULL AS found")
        .bind::<Text, _>(name)
        .get_result(connection)?;
    Ok(answer.found)
}

/// Deadlocks, timeouts and shutdowns all arrive without their code, in the server's language; so each
/// is worth another try on another connection, within the patience of the transaction.
pub(super) fn explain(message: &str) -> Fault {
    tracing::warn!(message, "a database statement failed");
    Fault::broken(one_line(message))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(feature = "pg-tls"))]
    #[test]
    fn a_url_that_demands_tls_is_refused() {
        for mode in ["require", "verify-ca", "verify-full", "%72equire"] {
            let url = format!("postgres://h/db?a=b&sslmode={mode}");
            assert!(
                matches!(check_url(&url), Err(StoreError::BadLocation { .. })),
                "{mode}"
            );
        }
        for url in ["postgres://h/db", "postgres://h/db?sslmode=prefer"] {
            assert_eq!(check_url(url), Ok(()));
        }
    }

    #[test]
    fn no_error_quotes_a_password() {
        for url in [
            "postgres://ann:canary%zz@h/db",
            "postgres://ann:can@ry%zz@h/db",
            "postgres://ann@h/db?password=canary%zz",
            "postgres://ann:canary@127.0.0.1:1/db",
            "postgres://ann:canary@h:port/db",
        ] {
            let error = connect(url).map(drop).unwrap_err().to_string();
            assert!(
                !error.contains("canary") && !error.contains("ry%zz"),
                "{error}"
            );
        }
    }

    #[test]
    fn own_options_are_added_and_given_ones_are_kept() {
        assert_eq!(
            with_defaults("postgres://h/db?connect_timeout=9"),
            "postgres://h/db?connect_timeout=9&application_name=dango-auth&keepalives_idle=3\
             &keepalives_interval=1&keepalives_count=3&tcp_user_timeout=5000"
        );
        for several in ["postgres://a,b/db", "postgres://u@/db?host=/a,/b"] {
            let url = with_defaults(several);
            assert!(url.ends_with("&target_session_attrs=read-write"), "{url}");
        }
        assert_eq!(
            option("postgres://h/db?a=1&a=%32", "a").as_deref(),
            Some("2")
        );
        assert_eq!(percent_decoded("100%"), "100%");
    }
}
