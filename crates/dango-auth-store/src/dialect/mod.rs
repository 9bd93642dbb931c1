//! The only place that knows which database it talks to.
//!
//! How a connection is opened, how a transaction begins, what an error means, and how migrations are
//! kept from running twice at the same time.

mod postgres;
mod search_postgres;
mod search_sqlite;
mod sqlite;

use diesel::QueryableByName;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use diesel::sql_types::Text;

use crate::StoreError;
use crate::link::{Link, on_each};
use crate::options::{Location, StoreOptions};

pub(crate) use postgres::PgUrl;
pub(crate) use sqlite::FileMark;

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read, at one moment of the database.
    Read,
    /// Write; on SQLite one at a time from its first statement on.
    Write,
}

/// What a failed statement means for its transaction.
#[derive(Debug)]
pub(crate) struct Fault {
    /// What to tell the caller.
    pub(crate) error: StoreError,
    /// Whether the whole transaction may succeed when run again.
    pub(crate) transient: bool,
    /// Whether the connection is of no use any more.
    pub(crate) broken: bool,
}

impl Fault {
    pub(crate) fn lasting(error: StoreError) -> Self {
        Self {
            error,
            transient: false,
            broken: false,
        }
    }

    pub(crate) fn transient(reason: impl Into<String>) -> Self {
        let error = StoreError::unavailable(reason, true);
        Self {
            error,
            transient: true,
            broken: false,
        }
    }

    pub(crate) fn broken(reason: impl Into<String>) -> Self {
        Self {
            broken: true,
            ..Self::transient(reason)
        }
    }
}

/// Opens one connection with all its settings.
pub(crate) fn connect(options: &StoreOptions) -> Result<Link, StoreError> {
    match &options.location {
        Location::Sqlite(path) => sqlite::connect(path, options.patience).map(Link::Sqlite),
        Location::Postgres(url) => postgres::connect(url).map(Link::Postgres),
    }
}

/// Keeps a connection from writing, and from waiting long where a whole thread would wait with it.
pub(crate) fn only_watch(link: &mut Link) -> QueryResult<()> {
    match link {
        Link::Sqlite(connection) => sqlite::only_watch(connection),
        Link::Postgres(connection) => postgres::only_watch(connection),
    }
}

/// Makes ready what must exist before the first connection: the file, with its permissions.
pub(crate) fn prepare_place(options: &StoreOptions) -> Result<Option<FileMark>, StoreError> {
    match &options.location {
        Location::Sqlite(path) => sqlite::prepare_file(path, options.create).map(Some),
        Location::Postgres(url) => postgres::check_url(url).map(|()| None),
    }
}

/// Begins a transaction; the isolation level is set here and not inherited from anywhere.
pub(crate) fn begin(link: &mut Link, mode: Mode) -> QueryResult<()> {
    match link {
        Link::Sqlite(connection) => sqlite::begin(connection, mode),
        Link::Postgres(connection) => {
            AnsiTransactionManager::begin_transaction_sql(connection, postgres::begin_sql(mode))
        }
    }
}

pub(crate) fn commit(link: &mut Link) -> QueryResult<()> {
    on_each!(link, connection => AnsiTransactionManager::commit_transaction(connection))
}

pub(crate) fn roll_back(link: &mut Link) -> QueryResult<()> {
    on_each!(link, connection => AnsiTransactionManager::rollback_transaction(connection))
}

/// Whether a transaction was left open or ended in an unknown state.
pub(crate) fn is_unclean(link: &mut Link) -> bool {
    on_each!(link, connection => AnsiTransactionManager::is_broken_transaction_manager(connection))
}

/// Keeps other processes from migrating until the transaction ends.
pub(crate) fn lock_migrations(link: &mut Link) -> QueryResult<()> {
    match link {
        // The write lock that the transaction began with is enough.
        Link::Sqlite(_) => Ok(()),
        Link::Postgres(connection) => postgres::lock_migrations(connection),
    }
}

/// Keeps others from replacing the key until the transaction ends.
pub(crate) fn lock_key_use(link: &mut Link) -> QueryResult<()> {
    match link {
        // Write transactions run one after the other.
        Link::Sqlite(_) => Ok(()),
        Link::Postgres(connection) => postgres::lock_key_use(connection),
    }
}

/// Waits for those who use the key, and keeps others from it until the transaction ends.
pub(crate) fn lock_key_change(link: &mut Link) -> QueryResult<()> {
    match link {
        Link::Sqlite(_) => Ok(()),
        Link::Postgres(connection) => postgres::lock_key_change(connection),
    }
}

/// Lets the values of a filter decide how the rest of the transaction's queries are carried out.
///
/// PostgreSQL otherwise settles on one plan after a few runs, and walks a million rows for a kind of
/// event that never happened because others happen often.
pub(crate) fn plan_by_values(link: &mut Link) -> QueryResult<()> {
    match link {
        Link::Sqlite(_) => Ok(()),
        Link::Postgres(connection) => postgres::plan_by_values(connection),
    }
}

/// A part of a login name, as the index of parts holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Six characters in a row.
    Whole(String),
    /// What a part begins with: at least three bytes.
    Start(String),
}

/// Whose a login name is.
#[derive(QueryableByName)]
struct Holder {
    #[diesel(sql_type = Text)]
    user_id: String,
}

/// How many of the first `sample` login names match a pattern with `!` as its escape.
pub(crate) fn names_like(link: &mut Link, pattern: &str, sample: u32) -> QueryResult<i64> {
    match link {
        Link::Sqlite(connection) => search_sqlite::names_like(connection, pattern, sample),
        Link::Postgres(connection) => search_postgres::names_like(connection, pattern, sample),
    }
}

/// Whose login names have all of these parts and match a pattern, `most` of them.
pub(crate) fn holders_by_parts(
    link: &mut Link,
    parts: &[Part],
    pattern: &str,
    most: u32,
) -> QueryResult<Vec<String>> {
    match link {
        Link::Sqlite(connection) => search_sqlite::holders(connection, parts, pattern, most),
        Link::Postgres(connection) => search_postgres::holders(connection, parts, pattern, most),
    }
}

/// Lets the commit that follows take as long as it needs.
///
/// PostgreSQL answers a commit that waits for its standby and is interrupted by a timeout with success,
/// although the standby has not got it (`SyncRepWaitForLSN`).
pub(crate) fn let_commit_wait(link: &mut Link) -> QueryResult<()> {
    match link {
        Link::Sqlite(_) => Ok(()),
        Link::Postgres(connection) => postgres::let_commit_wait(connection),
    }
}

/// Lifts the limits on how long a statement and a pause in the transaction may take, until it ends.
pub(crate) fn take_time(link: &mut Link) -> QueryResult<()> {
    match link {
        Link::Sqlite(_) => Ok(()),
        Link::Postgres(connection) => postgres::take_time(connection),
    }
}

/// Tells whether a table exists.
pub(crate) fn has_table(link: &mut Link, name: &str) -> QueryResult<bool> {
    match link {
        Link::Sqlite(connection) => sqlite::has_table(connection, name),
        Link::Postgres(connection) => postgres::has_table(connection, name),
    }
}

/// Says what an error of a statement means.
pub(crate) fn explain(link: &Link, error: &Error) -> Fault {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
            Fault::transient("it is busy with other changes")
        }
        Error::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        )
        | Error::BrokenTransactionManager => Fault::broken("the connection was lost"),
        // A connection keeps what it was told when it was made; the next one may lead to a server, or come
        // at a time, that takes writes.
        Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Fault {
            broken: true,
            ..Fault::lasting(StoreError::ReadOnly)
        },
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) => match link {
            Link::Sqlite(_) => sqlite::explain(info.message()),
            Link::Postgres(_) => postgres::explain(info.message()),
        },
        Error::DatabaseError(_, info) => {
            let constraint = info.constraint_name().unwrap_or("a constraint");
            tracing::error!(
                constraint,
                table = info.table_name(),
                "the database refused a row"
            );
            Fault::lasting(StoreError::unavailable(
                "it refused a row it should take",
                false,
            ))
        }
        other => {
            tracing::error!(error = %other, "a database statement failed");
            Fault::lasting(StoreError::unavailable("a statement failed", false))
        }
    }
}
