//! The database as a whole, which needs access to it.

use std::path::{Path, PathBuf};

use dango_auth::database::{self, DatabaseError, Migrated};
use dango_auth::{BackupError, CopiedTable, CopyError, StoreError, TableStep};
use serde::Serialize;

use super::{Local, open};
use crate::arguments::Global;
use crate::door::Answer;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::show::Health;

/// What bringing the schema up to date did.
#[derive(Debug, Serialize)]
pub(crate) struct Schema {
    /// The newest version.
    pub(crate) schema: String,
    /// The versions that were applied.
    pub(crate) applied: Vec<String>,
}

/// A copy in a file.
#[derive(Debug, Serialize)]
pub(crate) struct Copied {
    /// The file.
    pub(crate) file: PathBuf,
}

/// A copy that was put back.
#[derive(Debug, Serialize)]
pub(crate) struct Restored {
    /// Where the database before is.
    pub(crate) kept: Option<PathBuf>,
}

/// A whole database in another place.
#[derive(Debug, Serialize)]
pub(crate) struct Moved {
    /// Rows of all tables.
    pub(crate) rows: u64,
    /// Table by table.
    pub(crate) tables: Vec<MovedTable>,
}

/// One table of it.
#[derive(Debug, Serialize)]
pub(crate) struct MovedTable {
    /// Its name.
    pub(crate) table: &'static str,
    /// How many rows it has.
    pub(crate) rows: u64,
    /// SHA-256 over them, in hexadecimal.
    pub(crate) sha256: String,
}

impl Local {
    /// Brings the schema up to date.
    pub(crate) fn migrate(global: &Global) -> Answer<Schema> {
        let Migrated { schema, applied } = database::migrate(open::of(global)?)?;
        Ok(Schema { schema, applied })
    }

    /// Puts a copy in the place of the database.
    pub(crate) fn restore(global: &Global, file: &Path) -> Answer<Restored> {
        let kept = database::restore(&open::of(global)?, file)?;
        Ok(Restored { kept })
    }

    /// Looks for what should be put right.
    pub(crate) fn examine(&self) -> Answer<Health> {
        Ok(Health::new(&self.auth.doctor().examine(&self.caller)?))
    }

    /// Writes a copy into a new file.
    pub(crate) fn back_up(&self, file: &Path) -> Answer<Copied> {
        self.auth.database().back_up(&self.caller, file)?;
        Ok(Copied {
            file: file.to_owned(),
        })
    }

    /// Copies everything to a fresh database.
    pub(crate) fn copy(&self, url: &str, watch: impl FnMut(TableStep)) -> Answer<Moved> {
        let tables = self.auth.database().copy(&self.caller, url, watch)?;
        Ok(Moved {
            rows: tables.iter().map(|table| table.rows).sum(),
            tables: tables.iter().map(MovedTable::new).collect(),
        })
    }
}

impl MovedTable {
    fn new(table: &CopiedTable) -> Self {
        let hex = table.digest.iter().map(|byte| format!("{byte:02x}"));
        Self {
            table: table.table,
            rows: table.rows,
            sha256: hex.collect(),
        }
    }
}

impl From<DatabaseError> for Fault {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Open(error) => error.into(),
            DatabaseError::Auth(error) => error.into(),
            DatabaseError::Backup(error) => of_backup(&error),
            DatabaseError::Copy(error) => of_copy(&error),
            other => Self::new(Exit::Unexpected, "internal", other.to_string()),
        }
    }
}

fn of_backup(error: &BackupError) -> Fault {
    let (exit, code) = match error {
        BackupError::Exists { .. } => (Exit::Refused, "file_exists"),
        BackupError::InUse { .. } => (Exit::Refused, "store_in_use"),
        BackupError::Server => (Exit::Refused, "not_sqlite"),
        BackupError::Damaged { .. }
        | BackupError::Store(StoreError::NotADatabase { .. } | StoreError::Foreign { .. }) => {
            (Exit::Invalid, "damaged")
        }
        BackupError::Store(StoreError::Missing { .. }) => (Exit::NotFound, "not_found"),
        BackupError::Store(_) => (Exit::Unavailable, "unavailable"),
        _ => (Exit::Unexpected, "file_failed"),
    };
    Fault::new(exit, code, error.to_string())
}

fn of_copy(error: &CopyError) -> Fault {
    let (exit, code) = match error {
        CopyError::NotEmpty { .. } => (Exit::Refused, "target_not_empty"),
        CopyError::Chain { .. } => (Exit::Refused, "audit_chain_broken"),
        CopyError::Store(StoreError::BadLocation { .. }) => (Exit::Invalid, "invalid_url"),
        CopyError::Store(_) => (Exit::Unavailable, "unavailable"),
        _ => (Exit::Unexpected, "copy_failed"),
    };
    Fault::new(exit, code, error.to_string())
}
