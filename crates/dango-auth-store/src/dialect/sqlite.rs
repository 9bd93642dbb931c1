//! SQLite: the file, its settings, and what its messages mean.

use std::fs::{self, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection};
use diesel::result::Error::DatabaseError;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::{Fault, Mode};
use crate::StoreError;
use crate::patience::Patience;
use crate::row::Count;

const PRIVATE: u32 = 0o600;

/// How long to wait before asking again for the turn to write: less than a commit takes.
const PAUSE: Duration = Duration::from_micros(100);

/// Which file was opened, so that its removal or replacement is noticed.
#[derive(Clone, Debug)]
pub(crate) struct FileMark {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl FileMark {
    fn of(path: &Path) -> std::io::Result<Self> {
        let found = fs::metadata(path)?;
        Ok(Self {
            path: path.to_owned(),
            device: found.dev(),
            inode: found.ino(),
        })
    }

    /// Refuses to go on with a file that is not at its place any more: writes to it would be lost.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match fs::metadata(&self.path) {
            // Connections that are open could go on for a while with what they remember of it.
            Ok(now) if now.len() == 0 => {
                Err(StoreError::unavailable("its file was emptied", false))
            }
            Ok(now) if now.dev() == self.device && now.ino() == self.inode => Ok(()),
            Ok(_) => Err(StoreError::unavailable(
                "its file was replaced; restart",
                false,
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(StoreError::unavailable("its file was removed", false))
            }
            Err(error) => Err(StoreError::unavailable(error.to_string(), true)),
        }
    }
}

/// Makes the file with its permissions before SQLite sees it; what SQLite puts beside it copies them.
pub(super) fn prepare_file(path: &Path, create: bool) -> Result<FileMark, StoreError> {
    let shown = || path.display().to_string();
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(StoreError::NotADatabase { path: shown() }),
        Ok(found) => tighten(path, found.mode()),
        Err(error) if error.kind() == ErrorKind::NotFound && create => make_file(path)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(StoreError::Missing { path: shown() });
        }
        Err(error) => return Err(unreadable(path, &error)),
    }
    FileMark::of(path).map_err(|error| unreadable(path, &error))
}

fn make_file(path: &Path) -> Result<(), StoreError> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE)
        .open(path);
    match made {
        Ok(_) => Ok(()),
        // Another process was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn tighten(path: &Path, mode: u32) {
    if mode.trailing_zeros() >= 6 {
        return;
    }
    match fs::set_permissions(path, Permissions::from_mode(PRIVATE)) {
        Ok(()) => {
            tracing::warn!(path = %path.display(), "others could read the database; closed it");
        }
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "others may read the database");
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::unavailable(format!("{}: {error}", path.display()), false)
}

#[allow(clippy::disallowed_methods)] // the store's opener
pub(super) fn connect(path: &Path, patience: Duration) -> Result<SqliteConnection, StoreError> {
    let uri = uri(path)?;
    let mut connection = SqliteConnection::establish(&uri)
        .map_err(|error| unreadable(path, &std::io::Error::other(error.to_string())))?;
    set_up(&mut connection, patience).map_err(|error| at_path(path, &error))?;
    Ok(connection)
}

/// An address that opens the file but never makes one: a file that vanished must not come back empty.
fn uri(path: &Path) -> Result<String, StoreError> {
    let absolute = std::path::absolute(path).map_err(|error| unreadable(path, &error))?;
    let Some(text) = absolute.to_str() else {
        let reason = "the path of the database is not valid text".to_owned();
        return Err(StoreError::BadLocation { reason });
    };
    let escaped = text
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    Ok(format!("file:{escaped}?mode=rw"))
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

fn set_up(connection: &mut SqliteConnection, patience: Duration) -> QueryResult<()> {
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = {};
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;",
        patience.as_millis()
    ))?;
    let mode = use_wal(connection, patience)?;
    if mode.journal_mode != "wal" {
        tracing::warn!(
            mode = mode.journal_mode,
            "the database does not use a write-ahead log"
        );
    }
    connection.batch_execute("PRAGMA synchronous = FULL")
}

/// The one statement for which SQLite says "locked" at once, without the busy timeout, is the one that gives
/// a new file its write-ahead log.
fn use_wal(connection: &mut SqliteConnection, limit: Duration) -> QueryResult<JournalMode> {
    while_locked(limit, || {
        sql_query("PRAGMA journal_mode = WAL").get_result(connection)
    })
}

#[derive(QueryableByName)]
struct BusyTimeout {
    #[diesel(sql_type = BigInt)]
    timeout: i64,
}

/// Begins a transaction, as the one writer if it is to write.
///
/// While another process writes, SQLite would sleep for up to 100 ms between its tries, in which others commit
/// a hundred times; so the waiting for the turn to write is done here.
pub(super) fn begin(connection: &mut SqliteConnection, mode: Mode) -> QueryResult<()> {
    if mode == Mode::Read {
        return AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN DEFERRED");
    }
    let limit: BusyTimeout = sql_query("PRAGMA busy_timeout").get_result(connection)?;
    connection.batch_execute("PRAGMA busy_timeout = 0")?;
    let millis = u64::try_from(limit.timeout).unwrap_or(0);
    let begun = while_locked(Duration::from_millis(millis), || {
        AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
    });
    let usual = connection.batch_execute(&format!("PRAGMA busy_timeout = {millis}"));
    begun.and(usual)
}

/// Does something again and again while others are at it, until time is up.
fn while_locked<T>(limit: Duration, mut work: impl FnMut() -> QueryResult<T>) -> QueryResult<T> {
    let patience = Patience::new(limit);
    loop {
        match work() {
            Err(DatabaseError(_, info)) if is_locked(info.message()) && patience.has_time() => {
                std::thread::sleep(PAUSE);
            }
            answer => return answer,
        }
    }
}

fn is_locked(message: &str) -> bool {
    message.contains("is locked")
}

pub(super) fn only_watch(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.batch_execute("PRAGMA query_only = ON; PRAGMA busy_timeout = 200;")
}

fn at_path(path: &Path, error: &diesel::result::Error) -> StoreError {
    let DatabaseError(_, info) = error else {
        return unreadable(path, &std::io::Error::other(error.to_string()));
    };
    match explain(info.message()).error {
        StoreError::NotADatabase { .. } => StoreError::NotADatabase {
            path: path.display().to_string(),
        },
        other => other,
    }
}

pub(super) fn has_table(connection: &mut SqliteConnection, name: &str) -> QueryResult<bool> {
    let found: Count =
        sql_query("SELECT COUNT(*) AS count FROM sqlite_master WHERE type = 'table' AND name = $1")
            .bind::<Text, _>(name)
            .get_result(connection)?;
    Ok(found.count > 0)
}

/// The texts are fixed in SQLite's source (`sqlite3ErrStr`) and are not translated.
pub(super) fn explain(message: &str) -> Fault {
    let says = |text: &str| message.contains(text);
    if is_locked(message) {
        Fault::transient("it is busy with other changes")
    } else if says("readonly database") {
        Fault::lasting(StoreError::ReadOnly)
    } else if says("not a database") || says("malformed") {
        Fault::lasting(StoreError::NotADatabase {
            path: "the database file".to_owned(),
        })
    } else {
        tracing::error!(message, "a database statement failed");
        Fault::lasting(StoreError::unavailable(message.to_owned(), true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_special_characters_stays_one_path() {
        let text = uri(Path::new("/a b/50%?#x.db")).unwrap();
        assert_eq!(text, "file:/a b/50%25%3f%23x.db?mode=rw");
    }

    #[test]
    fn only_contention_is_worth_another_try() {
        assert!(explain("database is locked").transient);
        assert!(explain("database table is locked: users").transient);
        assert!(!explain("attempt to write a readonly database").transient);
        assert!(!explain("database or disk is full").transient);
    }
}
