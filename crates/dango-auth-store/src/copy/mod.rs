//! Taking a whole database to another place, on the same or the other backend (`dango db copy`).
//!
//! Everything is read at one moment of the source and stored in one transaction of the target, so the
//! target has all of it or nothing. Before the commit it is read back and compared row by row.

mod rows;

use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::ports::{AuditReads as _, ChainReport};
use crate::store::Store;
use crate::tx::{ReadTx, WriteTx};
use crate::{Answer, Location, StoreError, StoreOptions, dialect};
use rows::{Copied, Visit, visit};

/// Rows that are stored at a time; their values stay below the limit of either database.
const BATCH: usize = 500;

/// How far a long walk over tables has come.
#[derive(Clone, Copy, Debug)]
pub struct TableStep {
    /// The table at hand.
    pub table: &'static str,
    /// Rows done so far, of all tables.
    pub rows: u64,
    /// Rows there are.
    pub total: u64,
}

/// A table that was copied, with the proof that it arrived whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over its rows by primary key, the same on both sides.
    pub digest: [u8; 32],
}

/// Why nothing was copied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// One of the databases.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target is in use already.
    #[error("the target is not empty: it has rows in {table}; choose a fresh database")]
    NotEmpty {
        /// The first table with rows.
        table: &'static str,
    },
    /// What arrived is not what was sent.
    #[error("{table} did not arrive as it was sent; nothing was copied")]
    Differs {
        /// The first such table.
        table: &'static str,
    },
    /// The audit log is not what was written.
    #[error("the audit log is broken at event {at} ({reason}); nothing was copied")]
    Chain {
        /// The first bad row.
        at: i64,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl Store {
    /// Copies everything to a database that is fresh or does not exist yet, under the same key.
    ///
    /// # Errors
    /// [`CopyError`], with nothing copied.
    pub fn copy_to(
        &self,
        target: Location,
        mut watch: impl FnMut(TableStep),
    ) -> Result<Vec<CopiedTable>, CopyError> {
        self.read(chain_is_intact)?;
        let made = match &target {
            Location::Sqlite(path) if !Self::exists(&target)? => Some(path.clone()),
            Location::Sqlite(_) | Location::Postgres(_) => None,
        };
        let copied = self.copy_into(target, &mut watch);
        match (&copied, made) {
            // Somebody else came in between; it is theirs.
            (Ok(_) | Err(CopyError::NotEmpty { .. }), _) | (_, None) => {}
            (Err(_), Some(file)) => remove(&file),
        }
        copied
    }

    fn copy_into(
        &self,
        target: Location,
        watch: &mut dyn FnMut(TableStep),
    ) -> Result<Vec<CopiedTable>, CopyError> {
        let options = StoreOptions::new(target, self.keys().ring()).creating();
        let target = Self::open(&options)?;
        self.read(|from| target.write(|to| all(from, to, watch)))
    }
}

/// Takes back a file that this copy made and did not fill.
fn remove(file: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        // What was never made need not be removed.
        let _ = std::fs::remove_file(name);
    }
}

fn chain_is_intact(tx: &mut ReadTx<'_>) -> Result<(), CopyError> {
    tx.query(dialect::take_time)?;
    match tx.verify_chain(&[])? {
        ChainReport::Intact { .. } => Ok(()),
        ChainReport::Broken { at, reason, .. } => Err(CopyError::Chain { at, reason }),
    }
}

fn all(
    from: &mut ReadTx<'_>,
    to: &mut WriteTx<'_>,
    watch: &mut dyn FnMut(TableStep),
) -> Result<Vec<CopiedTable>, CopyError> {
    from.query(dialect::take_time)?;
    to.query(dialect::take_time)?;
    let mut look = Look { from, to, total: 0 };
    visit(&mut look)?;
    let Look { from, to, total } = look;
    let mut transfer = Transfer {
        from,
        to,
        watch,
        total,
        done: 0,
        tables: Vec::new(),
    };
    visit(&mut transfer)?;
    let tables = transfer.tables;
    chain_is_intact(to)?;
    Ok(tables)
}

/// Counts the source and makes sure that the target is fresh.
struct Look<'a, 'b, 'c> {
    from: &'a mut ReadTx<'b>,
    to: &'a mut WriteTx<'c>,
    total: u64,
}

impl Visit for Look<'_, '_, '_> {
    type Error = CopyError;

    fn table<T: Copied>(&mut self) -> Result<(), CopyError> {
        self.total += self.from.query(T::count)?.unsigned_abs();
        if !T::SINGLE && self.to.query(T::count)? > 0 {
            return Err(CopyError::NotEmpty { table: T::TABLE });
        }
        Ok(())
    }
}

struct Transfer<'a, 'b, 'c> {
    from: &'a mut ReadTx<'b>,
    to: &'a mut WriteTx<'c>,
    watch: &'a mut dyn FnMut(TableStep),
    total: u64,
    done: u64,
    tables: Vec<CopiedTable>,
}

impl Visit for Transfer<'_, '_, '_> {
    type Error = CopyError;

    fn table<T: Copied>(&mut self) -> Result<(), CopyError> {
        if T::SINGLE {
            self.to.query(T::clear)?;
        }
        let sent = self.send::<T>()?;
        let mut arrived = Tally::new(T::TABLE);
        self.to
            .query(|link| T::each(link, &mut |row: T| arrived.add(&row).map_err(|_| STOP)))?;
        if arrived.end() != sent {
            return Err(CopyError::Differs { table: T::TABLE });
        }
        self.tables.push(sent);
        Ok(())
    }
}

/// Ends the walk over a table; why is kept elsewhere.
const STOP: diesel::result::Error = diesel::result::Error::RollbackTransaction;

impl Transfer<'_, '_, '_> {
    fn send<T: Copied>(&mut self) -> Answer<CopiedTable> {
        let Self {
            from,
            to,
            watch,
            total,
            done,
            ..
        } = self;
        let (mut tally, mut batch, mut failure) = (Tally::new(T::TABLE), Vec::new(), None);
        let mut store = |batch: &mut Vec<T>| -> Answer<()> {
            to.query(|link| T::insert(link, batch))?;
            *done += batch.len() as u64;
            batch.clear();
            watch(TableStep {
                table: T::TABLE,
                rows: *done,
                total: *total,
            });
            Ok(())
        };
        let mut take = |row: T| -> Answer<()> {
            tally.add(&row)?;
            batch.push(row);
            if batch.len() < BATCH {
                return Ok(());
            }
            store(&mut batch)
        };
        let walked = from.query(|link| {
            T::each(link, &mut |row| {
                take(row).map_err(|error| {
                    failure = Some(error);
                    STOP
                })
            })
        });
        if let Some(error) = failure {
            return Err(error);
        }
        walked?;
        if !batch.is_empty() {
            store(&mut batch)?;
        }
        Ok(tally.end())
    }
}

/// Counts and hashes the rows of a table.
struct Tally {
    table: &'static str,
    rows: u64,
    hasher: Sha256,
}

impl Tally {
    fn new(table: &'static str) -> Self {
        Self {
            table,
            rows: 0,
            hasher: Sha256::new(),
        }
    }

    fn add<T: Copied>(&mut self, row: &T) -> Answer<()> {
        let text = serde_json::to_vec(row)
            .map_err(|_| StoreError::corrupt(T::TABLE, "every column", "of a row"))?;
        self.hasher.update((text.len() as u64).to_be_bytes());
        self.hasher.update(text);
        self.rows += 1;
        Ok(())
    }

    fn end(self) -> CopiedTable {
        CopiedTable {
            table: self.table,
            rows: self.rows,
            digest: self.hasher.finalize().into(),
        }
    }
}
