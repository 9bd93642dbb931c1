//! Transactions: what may be done in which.
//!
//! | | reads | writes | guard |
//! |---|---|---|---|
//! | [`ReadTx`] | one moment of the database | nothing | – |
//! | [`WriteTx`] | yes | what no other request's rights depend on | – |
//! | [`ChangeTx`] | yes | everything | bumped first |
//!
//! A `ChangeTx` derefs to a `WriteTx` and that to a `ReadTx`, so each can do what the one before can.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use dango_auth_core::audit::Event;
use diesel::prelude::*;
use diesel::result::QueryResult;

use crate::dialect::{self, Fault, Mode};
use crate::keys::{Keys, Sealer};
use crate::link::Link;
use crate::pool::{Opener, Pooled};
use crate::prepared::StayPrepared as _;
use crate::schema::guard;
use crate::{Answer, StoreError, audit, lease};

/// A transaction that reads.
pub struct ReadTx<'a> {
    connection: r2d2::PooledConnection<Opener>,
    keys: &'a Keys,
    /// The first failure; nothing is committed after one, on any backend.
    fault: Option<Fault>,
    /// The epoch that this transaction found and the one it leaves, once it has moved it on: nobody else can until
    /// it ends.
    pub(crate) epochs: Option<(i64, i64)>,
    /// Whether it wrote a setting.
    pub(crate) wrote_settings: bool,
    /// How long to wait after the commit before saying that it happened; known once the epoch was moved.
    pub(crate) wait: Duration,
    /// Whether it knows which key is in force, and until it ends nobody can replace it.
    key_is_known: bool,
    plans_by_values: bool,
    mode: Mode,
}

/// A transaction that writes what needs no guard.
pub struct WriteTx<'a> {
    read: ReadTx<'a>,
    events: Vec<Event>,
}

/// A transaction that changes rights; such transactions run one after the other.
pub struct ChangeTx<'a> {
    write: WriteTx<'a>,
}

impl<'a> ReadTx<'a> {
    /// Runs a statement; its failure dooms the transaction.
    pub(crate) fn query<T>(
        &mut self,
        statement: impl FnOnce(&mut Link) -> QueryResult<T>,
    ) -> Answer<T> {
        self.connection.run(statement).map_err(|fault| {
            let answer = fault.error.clone();
            self.fault.get_or_insert(fault);
            answer
        })
    }

    /// Has every statement from here on planned by the values it is asked with, once for the transaction.
    pub(crate) fn plan_by_values(&mut self) -> Answer<()> {
        if !self.plans_by_values {
            self.query(dialect::plan_by_values)?;
            self.plans_by_values = true;
        }
        Ok(())
    }

    pub(crate) fn keys(&self) -> &'a Keys {
        self.keys
    }
}

impl<'a> WriteTx<'a> {
    pub(crate) fn add_event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Moves the epoch on, so that every cache is read anew.
    pub(crate) fn bump_guard(&mut self) -> Answer<()> {
        let (epoch, key_id, wait): (i64, Option<String>, i64) = self.query(|link| {
            diesel::update(guard::table)
                .set(guard::epoch.eq(guard::epoch + 1))
                .returning((guard::epoch, guard::key_id, guard::wait_micros))
                .stay_prepared()
                .get_result(link)
        })?;
        let found = self.epochs.map_or(epoch - 1, |(found, _)| found);
        self.epochs = Some((found, epoch));
        self.wait = lease::duration(wait);
        self.key_is_known = true;
        self.keys().adopt(key_id.as_deref())
    }

    /// Permission to seal, once it is known which key is in force.
    ///
    /// LOCK: shared with others who seal, against whoever replaces the key; the guard row's lock does as well.
    pub(crate) fn sealer(&mut self) -> Answer<Sealer<'a>> {
        if !self.key_is_known {
            self.query(dialect::lock_key_use)?;
            let key_id: Option<String> =
                self.query(|link| guard::table.select(guard::key_id).get_result(link))?;
            self.keys().adopt(key_id.as_deref())?;
            self.key_is_known = true;
        }
        Ok(self.keys().sealer())
    }
}

impl<'a> ChangeTx<'a> {
    /// Begins a transaction on a connection of the pool.
    pub(crate) fn begin(
        connection: r2d2::PooledConnection<Opener>,
        keys: &'a Keys,
        mode: Mode,
    ) -> Result<Self, Fault> {
        let read = ReadTx {
            connection,
            keys,
            fault: None,
            epochs: None,
            wrote_settings: false,
            wait: Duration::ZERO,
            key_is_known: false,
            plans_by_values: false,
            mode,
        };
        let mut tx = Self {
            write: WriteTx {
                read,
                events: Vec::new(),
            },
        };
        match tx.query(|link| dialect::begin(link, mode)) {
            Ok(()) => Ok(tx),
            Err(error) => Err(tx.fault.take().unwrap_or_else(|| Fault::lasting(error))),
        }
    }

    /// Stores the events and commits; a transaction in which a statement failed is rolled back.
    pub(crate) fn finish(mut self) -> Result<(), Fault> {
        if let Some(fault) = self.roll_back_if_failed() {
            return Err(fault);
        }
        let events = std::mem::take(&mut self.write.events);
        if let Err(error) = audit::append(&mut self.write, events) {
            let fault = self.roll_back_if_failed();
            return Err(fault.unwrap_or_else(|| Fault::lasting(error)));
        }
        self.commit()
    }

    fn commit(mut self) -> Result<(), Fault> {
        if self.read.mode == Mode::Write && self.query(dialect::let_commit_wait).is_err() {
            let fault = self.roll_back_if_failed();
            return Err(fault.unwrap_or_else(|| Fault::transient("the commit failed")));
        }
        if self.query(dialect::commit).is_ok() {
            return Ok(());
        }
        let Some(fault) = self.fault.take() else {
            return Err(Fault::lasting(StoreError::unavailable(
                "the commit failed",
                false,
            )));
        };
        // SECURITY: with the connection gone, nobody knows whether the commit happened. Running the
        // transaction again could do its work twice.
        Err(if fault.broken {
            let reason = "the connection was lost while saving; check whether it was saved";
            Fault {
                transient: false,
                ..Fault::broken(reason)
            }
        } else {
            fault
        })
    }

    /// Takes back everything and tells what had failed, if anything had.
    pub(crate) fn roll_back(mut self) -> Option<Fault> {
        self.undo();
        self.fault.take()
    }

    fn roll_back_if_failed(&mut self) -> Option<Fault> {
        self.fault.is_some().then(|| self.undo());
        self.fault.take()
    }

    /// A connection that cannot even roll back is not used again.
    fn undo(&mut self) {
        let Pooled { link, broken } = &mut *self.write.read.connection;
        *broken |= dialect::roll_back(link).is_err();
    }

    /// The epochs before and after this transaction, between which no setting changes.
    ///
    /// None when it wrote one. They count once it is committed.
    pub fn settings_stay(&self) -> Option<(i64, i64)> {
        self.epochs.filter(|_| !self.wrote_settings)
    }

    pub(crate) fn as_read(&mut self) -> &mut ReadTx<'a> {
        &mut self.write.read
    }

    pub(crate) fn as_write(&mut self) -> &mut WriteTx<'a> {
        &mut self.write
    }
}

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &ReadTx<'a> {
        &self.read
    }
}

impl<'a> DerefMut for WriteTx<'a> {
    fn deref_mut(&mut self) -> &mut ReadTx<'a> {
        &mut self.read
    }
}

impl<'a> Deref for ChangeTx<'a> {
    type Target = WriteTx<'a>;

    fn deref(&self) -> &WriteTx<'a> {
        &self.write
    }
}

impl<'a> DerefMut for ChangeTx<'a> {
    fn deref_mut(&mut self) -> &mut WriteTx<'a> {
        &mut self.write
    }
}

macro_rules! opaque_debug {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })+
    };
}
opaque_debug!(ReadTx, WriteTx, ChangeTx);
