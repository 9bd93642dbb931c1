//! A database without the store: for rows by the thousand, and for the least that a commit costs.

use std::path::Path;

use dango_auth_store::Location;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::BigInt;
use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
};

use crate::Failure;

/// A connection that takes any statement.
pub(crate) enum Raw {
    /// To a file.
    Sqlite(SqliteConnection),
    /// To a server.
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// What the store sets for its own connections.
const PRAGMAS: &str =
    "PRAGMA busy_timeout = 20000; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
     PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL;
     PRAGMA synchronous = FULL;";

impl Raw {
    /// Opens a database, with the settings of the store's own connections.
    #[allow(clippy::disallowed_methods)] // beside the store, not through it
    pub(crate) fn open(location: &Location) -> Result<Self, Failure> {
        Ok(match location {
            Location::Sqlite(path) => {
                let path = path.to_str().ok_or("the folder's name is not text")?;
                let mut connection = SqliteConnection::establish(path)?;
                connection.batch_execute(PRAGMAS)?;
                Self::Sqlite(connection)
            }
            Location::Postgres(url) => Self::Postgres(PgConnection::establish(url)?),
        })
    }

    /// A database of its own with one table, in a folder or on a server.
    pub(crate) fn notes(folder: &Path, database_url: Option<&str>) -> Result<Self, Failure> {
        let location = match database_url {
            Some(url) => Location::Postgres(url.to_owned()),
            None => Location::Sqlite(folder.join("raw.db")),
        };
        let mut raw = Self::open(&location)?;
        raw.run(match raw {
            Self::Sqlite(_) => {
                "CREATE TABLE IF NOT EXISTS raw_notes (id INTEGER PRIMARY KEY NOT NULL, note TEXT NOT NULL) STRICT"
            }
            Self::Postgres(_) => {
                "CREATE TABLE IF NOT EXISTS raw_notes (id BIGSERIAL PRIMARY KEY, note TEXT NOT NULL)"
            }
        })?;
        Ok(raw)
    }

    /// Commits one row.
    pub(crate) fn note(&mut self) -> Result<(), Failure> {
        let insert =
            sql_query("INSERT INTO raw_notes (note) VALUES ('somebody changed something')");
        match self {
            Self::Sqlite(connection) => insert.execute(connection)?,
            Self::Postgres(connection) => insert.execute(connection)?,
        };
        Ok(())
    }

    /// Runs statements.
    pub(crate) fn run(&mut self, sql: &str) -> Result<(), Failure> {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(sql)?,
            Self::Postgres(connection) => connection.batch_execute(sql)?,
        }
        Ok(())
    }

    /// The number that a query answers under the name `count`.
    pub(crate) fn number(&mut self, sql: &str) -> Result<usize, Failure> {
        let query = sql_query(sql.to_owned());
        let found: Count = match self {
            Self::Sqlite(connection) => query.get_result(connection)?,
            Self::Postgres(connection) => query.get_result(connection)?,
        };
        Ok(usize::try_from(found.count)?)
    }

    /// Bytes as a literal.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        use std::fmt::Write as _;
        let mut hex = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            let _ = write!(hex, "{byte:02x}");
        }
        match self {
            Self::Sqlite(_) => format!("X'{hex}'"),
            Self::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }
}
