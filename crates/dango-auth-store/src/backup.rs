//! Copies of the SQLite file: made while it is in use, and put back while it is not.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use crate::keys::Keys;
use crate::link::{Link, on_each};
use crate::options::{KeySource, Location, StoreOptions};
use crate::ports::{AuditReads as _, ChainReport};
use crate::store::Store;
use crate::{StoreError, dialect, migrate};

/// Between two looks at whether a file is still open.
const PAUSE: Duration = Duration::from_millis(10);

/// Why a file was not made or not put back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// One of the databases.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database is on a server.
    #[error("the database is on PostgreSQL; use pg_dump and pg_restore, or `dango db copy`")]
    Server,
    /// The file to make is there already.
    #[error("{path} exists already and is not overwritten")]
    Exists {
        /// Which file.
        path: String,
    },
    /// Somebody works with the database that is to be replaced.
    #[error("{path} is in use; stop the server first")]
    InUse {
        /// Which file.
        path: String,
    },
    /// The file to put back is not whole.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// Which file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file system.
    #[error("{path}: {reason}")]
    File {
        /// Which file.
        path: String,
        /// What it says.
        reason: String,
    },
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> BackupError {
    let path = shown(path);
    move |error| match error.kind() {
        ErrorKind::AlreadyExists => BackupError::Exists { path: path.clone() },
        _ => BackupError::File {
            path: path.clone(),
            reason: error.to_string(),
        },
    }
}

/// Makes an empty file that nobody else may read; an existing one is refused.
fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

impl Store {
    /// Writes a whole copy of the SQLite database into a new file, while everybody works on.
    ///
    /// # Errors
    /// [`BackupError::Exists`], [`BackupError::Server`]; whatever failed, no file is left behind.
    pub fn back_up(&self, target: &Path) -> Result<(), BackupError> {
        let Location::Sqlite(_) = self.location() else {
            return Err(BackupError::Server);
        };
        let Some(text) = target.to_str() else {
            let reason = "the path is not valid text".to_owned();
            return Err(StoreError::BadLocation { reason }.into());
        };
        create_private(target).map_err(failed(target))?;
        let written = self
            .outside(|link| {
                sql_query("VACUUM INTO $1")
                    .bind::<Text, _>(text)
                    .execute(link)
            })
            .map_err(BackupError::from);
        let written = written.and_then(|_| {
            let kept = File::open(target).and_then(|file| file.sync_all());
            kept.and_then(|()| sync_folder(target))
                .map_err(failed(target))
        });
        if written.is_err()
            && let Err(error) = fs::remove_file(target)
        {
            tracing::warn!(%error, path = %target.display(), "a failed backup could not be removed");
        }
        written
    }
}

/// Puts a copy in the place of the SQLite database. The one before stays beside it; answers where.
///
/// The copy is checked first: whether it is whole, belongs to the same key, has a schema that this
/// program knows and an audit log that was not changed.
///
/// # Errors
/// [`BackupError`]; then everything is as it was.
pub fn restore(options: &StoreOptions, source: &Path) -> Result<Option<PathBuf>, BackupError> {
    let Location::Sqlite(place) = &options.location else {
        return Err(BackupError::Server);
    };
    let draft = beside(place, "restoring");
    let prepared = prepare(options, source, &draft).and_then(|()| replace(options, &draft, place));
    if prepared.is_err() {
        for end in ["", "-wal", "-shm"] {
            let leftover = with_end(&draft, end);
            if leftover.exists() {
                let _ = fs::remove_file(&leftover);
            }
        }
    }
    prepared
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// A name beside the database that nothing has yet.
fn beside(place: &Path, word: &str) -> PathBuf {
    let numbered = |number: u32| with_end(place, &format!(".{word}-{number}"));
    (1..10_000)
        .map(numbered)
        .find(|path| fs::symlink_metadata(path).is_err())
        .unwrap_or_else(|| with_end(place, word))
}

fn prepare(options: &StoreOptions, source: &Path, draft: &Path) -> Result<(), BackupError> {
    if !source.is_file() {
        return Err(StoreError::Missing {
            path: shown(source),
        }
        .into());
    }
    let mut to = create_private(draft).map_err(failed(draft))?;
    let mut from = File::open(source).map_err(failed(source))?;
    std::io::copy(&mut from, &mut to)
        .and_then(|_| to.sync_all())
        .map_err(failed(draft))?;
    let mut options = StoreOptions {
        location: Location::Sqlite(draft.to_owned()),
        ..options.clone()
    };
    options.create = false;
    check(&options, source)
}

/// Checks the copy, brings its schema up to date, and leaves it in one file.
fn check(options: &StoreOptions, source: &Path) -> Result<(), BackupError> {
    let named = |error| named(error, source);
    let damaged = |reason: String| BackupError::Damaged {
        path: shown(source),
        reason,
    };
    let mut link = dialect::connect(options).map_err(named)?;
    let found = integrity(&mut link).map_err(&damaged)?;
    if found != "ok" {
        return Err(damaged(found));
    }
    migrate::prepare(
        &mut link,
        &Keys::new(options.keys.clone(), KeySource::default()),
        options,
    )
    .map_err(named)?;
    let store = Store::open(options).map_err(named)?;
    let chain = store.read(|tx| tx.verify_chain(&[]))?;
    drop(store);
    if let ChainReport::Broken { at, reason, .. } = chain {
        return Err(damaged(format!("event {at} of the audit log is {reason}")));
    }
    fold(&mut link, options.patience).map_err(|error| damaged(error.to_string()))
}

/// Says the name of the file that was given, not of the copy that is checked.
fn named(error: StoreError, source: &Path) -> BackupError {
    let path = shown(source);
    match error {
        StoreError::NotADatabase { .. } => StoreError::NotADatabase { path },
        StoreError::Foreign { .. } | StoreError::Missing { .. } => StoreError::Foreign { path },
        other => other,
    }
    .into()
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

fn integrity(link: &mut Link) -> Result<String, String> {
    let found: Found = sql_query("PRAGMA integrity_check(1)")
        .get_result(link)
        .map_err(|error| error.to_string())?;
    Ok(found.integrity_check)
}

/// Brings the write-ahead log back into the file, as soon as nobody else has it open: the pool that
/// checked it closes its connections in its own time.
fn fold(link: &mut Link, patience: Duration) -> QueryResult<()> {
    let Link::Sqlite(connection) = link else {
        return Ok(());
    };
    let start = Instant::now();
    loop {
        let folded = connection.batch_execute("PRAGMA journal_mode = DELETE");
        if folded.is_ok() || start.elapsed() > patience {
            return folded;
        }
        std::thread::sleep(PAUSE);
    }
}

fn replace(
    options: &StoreOptions,
    draft: &Path,
    place: &Path,
) -> Result<Option<PathBuf>, BackupError> {
    if fs::symlink_metadata(place).is_err() {
        fs::rename(draft, place)
            .and_then(|()| sync_folder(place))
            .map_err(failed(place))?;
        return Ok(None);
    }
    // Kept open until the end, so that nobody begins to work with the file that goes.
    let _held = hold(options, place)?;
    let aside = beside(place, "before-restore");
    // SECURITY: a write-ahead log that stayed behind would be played into the restored file.
    for end in ["-wal", "-shm"] {
        let (old, new) = (with_end(place, end), with_end(&aside, end));
        if old.exists() {
            fs::rename(&old, &new).map_err(failed(&old))?;
        }
    }
    // At every moment there is one whole file at the place.
    fs::hard_link(place, &aside)
        .and_then(|()| fs::rename(draft, place))
        .and_then(|()| sync_folder(place))
        .map_err(failed(place))?;
    Ok(Some(aside))
}

/// Takes the database that is to be replaced for itself; one that is damaged has nothing to hold.
fn hold(options: &StoreOptions, place: &Path) -> Result<Option<Link>, BackupError> {
    let in_use = || BackupError::InUse { path: shown(place) };
    let mut options = options.clone();
    options.patience = Duration::from_millis(500);
    let mut link = match dialect::connect(&options) {
        Ok(link) => link,
        Err(StoreError::NotADatabase { .. }) => return Ok(None),
        Err(_) => return Err(in_use()),
    };
    let taken = exclusive(&mut link, options.patience);
    match taken {
        Ok(()) => Ok(Some(link)),
        Err(error) if error.to_string().contains("is locked") => Err(in_use()),
        // What is too damaged to be read is moved aside as it is.
        Err(_) => Ok(None),
    }
}

fn exclusive(link: &mut Link, patience: Duration) -> QueryResult<()> {
    on_each!(link, connection => connection.batch_execute("PRAGMA locking_mode = EXCLUSIVE"))?;
    fold(link, patience)?;
    on_each!(link, connection => connection.batch_execute("BEGIN EXCLUSIVE"))
}
