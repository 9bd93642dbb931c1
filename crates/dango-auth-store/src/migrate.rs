//! Bringing the schema up to date, once, whoever comes first.
//!
//! Both backends have migrations of the same names. They run in one transaction together with the
//! note of which key the database belongs to, so a database either has both or neither.

use dango_auth_core::seal::{KeyRing, MasterKey};
use diesel::prelude::*;
use diesel::result::QueryResult;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::dialect::{self, Fault, Mode};
use crate::keys::Keys;
use crate::link::Link;
use crate::options::{Location, StoreOptions};
use crate::schema::installation;
use crate::store::Store;
use crate::{Answer, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The table in which applied migrations are noted.
const LEDGER: &str = "__diesel_schema_migrations";

/// The versions of the embedded migrations, oldest first.
const VERSIONS: [&str; 12] = [
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012",
];

/// What was found before anything was changed.
enum Found {
    /// Everything is as this program wants it.
    Ready,
    /// Migrations are missing, or all of them are.
    Behind,
}

/// Checks schema and key, and migrates if need be. A refusal changes nothing.
pub(crate) fn prepare(link: &mut Link, keys: &Keys, options: &StoreOptions) -> Answer<()> {
    match examine(link, keys, options)? {
        Found::Ready => Ok(()),
        Found::Behind => migrate(link, keys, options),
    }
}

/// Tells whether any migration was applied.
pub(crate) fn is_begun(link: &mut Link) -> Answer<bool> {
    Ok(!explained(link, applied_versions)?.is_empty())
}

impl Store {
    /// The versions of the schema that a database has, oldest first; none when there is no database.
    ///
    /// # Errors
    /// [`StoreError`] when it does not answer.
    pub fn schema_versions(location: &Location) -> Answer<Vec<String>> {
        if !Self::exists(location)? {
            return Ok(Vec::new());
        }
        let keys = KeyRing::new(MasterKey::from_bytes([0; 32]));
        let mut link = dialect::connect(&StoreOptions::new(location.clone(), keys))?;
        explained(&mut link, applied_versions)
    }
}

fn examine(link: &mut Link, keys: &Keys, options: &StoreOptions) -> Answer<Found> {
    let applied = explained(link, applied_versions)?;
    if let Some(found) = applied
        .iter()
        .find(|version| !VERSIONS.contains(&version.as_str()))
    {
        return Err(StoreError::NewerSchema {
            found: found.clone(),
        });
    }
    if applied.is_empty() {
        let path = || options.location.to_string();
        if explained(link, |link| dialect::has_table(link, "users"))? {
            return Err(StoreError::Foreign { path: path() });
        }
        return if options.create {
            Ok(Found::Behind)
        } else {
            Err(StoreError::Missing { path: path() })
        };
    }
    check_key(link, keys)?;
    Ok(if applied.len() == VERSIONS.len() {
        Found::Ready
    } else {
        Found::Behind
    })
}

fn check_key(link: &mut Link, keys: &Keys) -> Answer<()> {
    let check: Option<Vec<u8>> = explained(link, |link| {
        installation::table
            .select(installation::key_check)
            .get_result(link)
    })?;
    match check {
        Some(check) if keys.choose(|key| key.matches_check(&check)) => Ok(()),
        _ => Err(StoreError::WrongKey),
    }
}

fn migrate(link: &mut Link, keys: &Keys, options: &StoreOptions) -> Answer<()> {
    explained(link, |link| dialect::begin(link, Mode::Write))?;
    match migrate_locked(link, keys, options) {
        Ok(()) => explained(link, dialect::commit),
        Err(error) => {
            if let Err(failure) = dialect::roll_back(link) {
                tracing::warn!(error = %failure, "a failed migration could not be rolled back");
            }
            Err(error)
        }
    }
}

fn migrate_locked(link: &mut Link, keys: &Keys, options: &StoreOptions) -> Answer<()> {
    explained(link, dialect::lock_migrations)?;
    // Another process may have done it while this one waited.
    if matches!(examine(link, keys, options)?, Found::Ready) {
        return Ok(());
    }
    run_pending(link)?;
    let check = keys.ring().current().key_check().to_vec();
    explained(link, |link| {
        diesel::update(installation::table.filter(installation::key_check.is_null()))
            .set(installation::key_check.eq(check))
            .execute(link)
    })?;
    Ok(())
}

fn run_pending(link: &mut Link) -> Answer<()> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        tracing::error!(%error, "a migration failed");
        StoreError::unavailable(format!("a migration failed: {error}"), false)
    };
    match link {
        Link::Sqlite(connection) => connection.run_pending_migrations(SQLITE).map_err(failed)?,
        Link::Postgres(connection) => connection
            .run_pending_migrations(POSTGRES)
            .map_err(failed)?,
    };
    Ok(())
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

fn applied_versions(link: &mut Link) -> QueryResult<Vec<String>> {
    if !dialect::has_table(link, LEDGER)? {
        return Ok(Vec::new());
    }
    let rows: Vec<Applied> =
        diesel::sql_query(format!("SELECT version FROM {LEDGER} ORDER BY version")).load(link)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

fn explained<T>(link: &mut Link, statement: impl FnOnce(&mut Link) -> QueryResult<T>) -> Answer<T> {
    statement(link).map_err(|error| {
        let Fault { error, .. } = dialect::explain(link, &error);
        error
    })
}
