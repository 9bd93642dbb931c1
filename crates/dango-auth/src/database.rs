//! The database as a whole: its schema, copies of it, moving it elsewhere. For somebody on the machine.

use std::path::{Path, PathBuf};

use dango_auth_store::ports::{Anchor, AuditReads as _};
use dango_auth_store::{
    BackupError, CopiedTable, CopyError, Location, Store, StoreOptions, TableStep,
};

use crate::audit::note_restored;
use crate::auth::{Auth, is_local};
use crate::caller::Caller;
use crate::error::Error;
use crate::open::{OpenError, OpenOptions};

/// What bringing the schema up to date did.
#[derive(Clone, Debug)]
pub struct Migrated {
    /// The newest version that the database has now.
    pub schema: String,
    /// The versions that were applied, oldest first.
    pub applied: Vec<String>,
}

/// Why a copy was not made or not put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// A file.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Another database.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The configuration, the key or the place.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Who asks.
    #[error(transparent)]
    Auth(#[from] Error),
}

/// Brings the schema up to date, as every start does, and tells what it did.
///
/// # Errors
/// [`OpenError`].
pub fn migrate(options: OpenOptions) -> Result<Migrated, OpenError> {
    let location = options.location()?;
    let before = Store::schema_versions(&location)?;
    drop(Auth::open(options)?);
    let after = Store::schema_versions(&location)?;
    let applied = after.iter().filter(|version| !before.contains(version));
    Ok(Migrated {
        applied: applied.cloned().collect(),
        schema: after.last().cloned().unwrap_or_default(),
    })
}

/// Puts a copy in the place of the SQLite database; the one before stays beside it, and its place is
/// answered. Nothing may have the database open.
///
/// # Errors
/// [`DatabaseError`], with nothing changed.
pub fn restore(options: &OpenOptions, file: &Path) -> Result<Option<PathBuf>, DatabaseError> {
    let location = options.location()?;
    let keys = options.existing_keys()?;
    let store_options = StoreOptions::new(location, keys);
    let kept = dango_auth_store::restore(&store_options, file)?;
    // What was seen of the database before does not count against this one.
    let store = Store::open(&store_options).map_err(OpenError::from)?;
    let (id, mac) = store.read(|tx| tx.audit_head()).map_err(OpenError::from)?;
    note_restored(&options.project, Anchor { id, mac }, options.ambient.now())?;
    Ok(kept)
}

/// The database as a whole.
#[derive(Clone, Copy)]
pub struct Database<'a> {
    auth: &'a Auth,
}

impl<'a> Database<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Writes a whole copy of the SQLite database into a new file (mode 0600), while everybody works on.
    ///
    /// # Errors
    /// [`DatabaseError::Backup`]; [`Error::LocalOnly`] for anybody but the local system.
    pub fn back_up(&self, caller: &Caller, file: &Path) -> Result<(), DatabaseError> {
        require_local(caller)?;
        Ok(self.auth.inner.store.back_up(file)?)
    }

    /// Copies everything to a fresh database, on either backend, under the same key.
    ///
    /// # Errors
    /// [`DatabaseError::Copy`]; [`Error::LocalOnly`] for anybody but the local system.
    pub fn copy(
        &self,
        caller: &Caller,
        url: &str,
        watch: impl FnMut(TableStep),
    ) -> Result<Vec<CopiedTable>, DatabaseError> {
        require_local(caller)?;
        let target = Location::parse(url).map_err(CopyError::from)?;
        Ok(self.auth.inner.store.copy_to(target, watch)?)
    }
}

pub(crate) fn require_local(caller: &Caller) -> Result<(), Error> {
    if caller.is_system() && is_local(caller) {
        Ok(())
    } else {
        Err(Error::LocalOnly)
    }
}
