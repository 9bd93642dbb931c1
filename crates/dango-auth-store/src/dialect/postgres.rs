//! PostgreSQL: connecting, the session's settings, and what its errors mean.

use diesel::connection::SimpleConnection;
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

mod url;

use super::{Fault, Mode};
use crate::StoreError;
use crate::door::Doors;

pub(crate) use url::PgUrl;
use url::percent_decoded;

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

/// Refuses a URL whose settings cannot work.
pub(super) fn check_url(url: &str) -> Result<(), StoreError> {
    Doors::check(&with_defaults(url))
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
fn with_defaults(text: &str) -> String {
    let url = PgUrl::parse(text);
    // Of several servers only one takes writes; it is found anew after a failover.
    let hosts = url.option("host").unwrap_or_default();
    let several = hosts.contains(',') || url.hosts().len() > 1;
    let last = several.then_some(("target_session_attrs", "read-write"));
    let missing = DEFAULTS.into_iter().chain(last);
    let missing = missing.filter(|(name, _)| url.option(name).is_none());
    missing.fold(text.to_owned(), |text, (name, value)| {
        let joint = if text.contains('?') { '&' } else { '?' };
        format!("{text}{joint}{name}={value}")
    })
}

#[allow(clippy::disallowed_methods)] // the store's opener
pub(super) fn connect(url: &str) -> Result<PgConnection, StoreError> {
    let doors = Doors::open(&with_defaults(url))?;
    let mut connection = PgConnection::establish(doors.url()).map_err(|error| {
        let text = doors.in_words(&one_line(&error.to_string()));
        StoreError::unavailable(without_password(url, text), true)
    })?;
    set_up(&mut connection).map_err(|error| match error {
        diesel::result::Error::DatabaseError(_, info) => explain(info.message()).error,
        other => StoreError::unavailable(one_line(&other.to_string()), true),
    })?;
    Ok(connection)
}

/// What the client library says, unless it quotes a password: it does so for a URL that it cannot read.
fn without_password(url: &str, text: String) -> String {
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
    }
}
