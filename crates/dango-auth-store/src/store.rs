//! The store: opening it, and the three ways in.

use std::sync::{Arc, OnceLock};

use dango_auth_core::seal::{KeyRing, MasterKey, Purpose, SubKey};
use diesel::prelude::*;
use diesel::result::QueryResult;
use r2d2::PooledConnection;

use crate::dialect::{self, Fault, FileMark, Mode};
use crate::keys::Keys;
use crate::keys::carried::lasting;
use crate::link::Link;
use crate::options::{Location, StoreOptions};
use crate::patience::{Patience, Turn, Turnstile};
use crate::pool::{Opener, Pool, Pooled};
use crate::schema::guard;
use crate::tx::{ChangeTx, ReadTx, WriteTx};
use crate::{StoreError, migrate};

/// The database of one installation. Cloning it shares its connections.
///
/// The closures given to [`read`](Self::read), [`write`](Self::write) and [`change`](Self::change)
/// may run more than once when others get in the way, so they make no ids, read no clock and touch
/// nothing outside. Returning an error takes back everything they did.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    keys: Keys,
    options: Arc<StoreOptions>,
    /// On SQLite: the file, and the turnstile for its one writer.
    file: Option<(FileMark, Turnstile)>,
    /// Whether the head of SQLite's log index tells of commits, once it was tested.
    header_test: OnceLock<bool>,
}

/// What became of one try.
enum Try<T, E> {
    Done(Result<T, E>),
    /// Nothing was asked yet; the connection had died in the pool.
    DeadConnection(E),
    /// Others got in the way.
    Contended(E),
}

impl Store {
    /// Opens the database, and brings its schema up to date.
    ///
    /// # Errors
    /// Everything of [`StoreError`] that says why a database cannot be used: missing, of another
    /// program, newer, damaged, unreachable, or made with another key. A refusal changes nothing.
    pub fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let mark = dialect::prepare_place(options)?;
        let keys = Keys::new(options.keys.clone(), options.key_source.clone());
        let mut link = dialect::connect(options)?;
        migrate::prepare(&mut link, &keys, options)?;
        let options = Arc::new(options.clone());
        let store = Self {
            inner: Arc::new(Inner {
                pool: Pool::new(&options, link),
                keys,
                options,
                file: mark.map(|mark| (mark, Turnstile::default())),
                header_test: OnceLock::new(),
            }),
        };
        let carried = store.read(lasting)?;
        store.keys().carry(carried);
        Ok(store)
    }

    /// Tells whether there is a database of ours already; nothing is made or changed.
    ///
    /// Whoever has no key may make one only when there is none (`security.md` §4.2).
    ///
    /// # Errors
    /// [`StoreError`] when a server does not answer.
    pub fn exists(location: &Location) -> Result<bool, StoreError> {
        if let Location::Sqlite(path) = location {
            // A file without a byte is one that somebody is about to fill, or never did.
            return Ok(path.metadata().is_ok_and(|file| file.len() > 0));
        }
        // Connecting needs no key, so any will do.
        let keys = KeyRing::new(MasterKey::from_bytes([0; 32]));
        let mut link = dialect::connect(&StoreOptions::new(location.clone(), keys))?;
        migrate::is_begun(&mut link)
    }

    /// The subkey of a purpose whose values outlive a change of the master key.
    pub fn lasting_subkey(&self, purpose: Purpose) -> SubKey {
        self.keys().lasting_subkey(purpose)
    }

    /// The subkeys of a purpose under every key at hand, the current one first.
    pub fn subkeys(&self, purpose: Purpose) -> Vec<SubKey> {
        self.keys().subkeys(purpose)
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// Runs a statement outside of any transaction.
    pub(crate) fn outside<T>(
        &self,
        statement: impl FnOnce(&mut Link) -> QueryResult<T>,
    ) -> Result<T, StoreError> {
        let mut pooled = self.connection()?;
        let Pooled { link, broken } = &mut *pooled;
        statement(link).map_err(|error| {
            let fault = dialect::explain(link, &error);
            *broken |= fault.broken;
            fault.error
        })
    }

    /// A connection that only ever looks whether something has changed.
    pub(crate) fn connect_to_watch(&self) -> Result<Link, StoreError> {
        let mut link = dialect::connect(&self.inner.options)?;
        dialect::only_watch(&mut link).map_err(|error| dialect::explain(&link, &error).error)?;
        Ok(link)
    }

    /// Refuses to go on when the database's file is not at its place any more.
    pub(crate) fn check_place(&self) -> Result<(), StoreError> {
        match &self.inner.file {
            Some((mark, _)) => mark.check(),
            None => Ok(()),
        }
    }

    pub(crate) fn header_test(&self) -> &OnceLock<bool> {
        &self.inner.header_test
    }

    /// Where the database is.
    pub fn location(&self) -> &Location {
        &self.inner.options.location
    }

    /// Reads, at one moment of the database.
    ///
    /// # Errors
    /// What the closure returns, or [`StoreError`] when the database does not answer.
    pub fn read<T, E: From<StoreError>>(
        &self,
        mut work: impl FnMut(&mut ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.persist(|| self.attempt(Mode::Read, false, |tx| work(tx.as_read())))
    }

    /// Writes what no other request's rights depend on: attempts, activity, new sessions, notes.
    ///
    /// # Errors
    /// What the closure returns, or [`StoreError`] when the database does not answer.
    pub fn write<T, E: From<StoreError>>(
        &self,
        mut work: impl FnMut(&mut WriteTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.persist(|| self.attempt(Mode::Write, false, |tx| work(tx.as_write())))
    }

    /// Changes rights. Its first statement bumps the guard row, so that such changes run one after
    /// the other on every backend and every cache hears of them (contract §3.1, §3.3).
    ///
    /// # Errors
    /// What the closure returns, or [`StoreError`] when the database does not answer.
    pub fn change<T, E: From<StoreError>>(
        &self,
        mut work: impl FnMut(&mut ChangeTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.persist(|| self.attempt(Mode::Write, true, &mut work))
    }

    /// The counter that rises with every security-relevant change, in a single round trip.
    ///
    /// What was read before and is kept may be used as long as it has not moved (contract §3.3).
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub fn epoch(&self) -> Result<i64, StoreError> {
        self.persist(|| {
            let answer = self.turn(Mode::Read).and_then(|_| self.connection());
            let mut connection = match answer {
                Ok(connection) => connection,
                Err(error) => return Try::Done(Err(error)),
            };
            match connection.run(|link| guard::table.select(guard::epoch).get_result(link)) {
                Ok(epoch) => Try::Done(Ok(epoch)),
                Err(fault) if fault.broken => Try::DeadConnection(fault.error),
                Err(fault) => failed(fault),
            }
        })
    }

    /// Tells whether the database can be used as it is now, and not only as open connections remember it.
    ///
    /// # Errors
    /// [`StoreError`] that says why not.
    pub fn ready(&self) -> Result<(), StoreError> {
        if let Some((mark, _)) = &self.inner.file {
            mark.check()?;
            // What was written over the file shows only to a connection without a memory.
            let mut fresh = dialect::connect(&self.inner.options)?;
            let asked = guard::table.select(guard::epoch).first::<i64>(&mut fresh);
            asked.map_err(|error| dialect::explain(&fresh, &error).error)?;
        }
        self.epoch().map(drop)
    }

    /// How many connections are open, and how many of them wait for work.
    pub fn connections(&self) -> (u32, u32) {
        self.inner.pool.state()
    }

    fn persist<T, E>(&self, mut once: impl FnMut() -> Try<T, E>) -> Result<T, E> {
        let mut patience = Patience::new(self.inner.options.patience);
        loop {
            match once() {
                Try::Done(answer) => return answer,
                Try::DeadConnection(error) if !patience.has_time() => return Err(error),
                Try::Contended(error) if !patience.wait() => return Err(error),
                Try::DeadConnection(_) | Try::Contended(_) => {}
            }
        }
    }

    fn attempt<T, E: From<StoreError>>(
        &self,
        mode: Mode,
        guarded: bool,
        mut work: impl FnMut(&mut ChangeTx<'_>) -> Result<T, E>,
    ) -> Try<T, E> {
        let _turn = match self.turn(mode) {
            Ok(turn) => turn,
            Err(error) => return Try::Done(Err(error.into())),
        };
        let mut tx = match self.begin(mode) {
            Ok(tx) => tx,
            Err(fault) if fault.broken => return Try::DeadConnection(fault.error.into()),
            Err(fault) => return failed(fault),
        };
        let guard = if guarded { tx.bump_guard() } else { Ok(()) };
        match guard.map_err(E::from).and_then(|()| work(&mut tx)) {
            Ok(value) => match finished(tx) {
                Ok(()) => Try::Done(Ok(value)),
                Err(fault) => failed(fault),
            },
            Err(error) => match tx.roll_back() {
                Some(fault) if fault.transient => Try::Contended(error),
                _ => Try::Done(Err(error)),
            },
        }
    }

    fn turn(&self, mode: Mode) -> Result<Option<Turn<'_>>, StoreError> {
        let Some((mark, turnstile)) = &self.inner.file else {
            return Ok(None);
        };
        mark.check()?;
        if mode == Mode::Read {
            return Ok(None);
        }
        let busy = || StoreError::unavailable("it is busy with other changes", true);
        turnstile
            .enter(self.inner.options.patience)
            .ok_or_else(busy)
            .map(Some)
    }

    fn connection(&self) -> Result<PooledConnection<Opener>, StoreError> {
        self.inner.pool.get()
    }

    fn begin(&self, mode: Mode) -> Result<ChangeTx<'_>, Fault> {
        let connection = self.connection().map_err(Fault::lasting)?;
        ChangeTx::begin(connection, &self.inner.keys, mode)
    }
}

/// Commits, and keeps that back until nobody leases what was before any more.
///
/// A commit of which nobody knows whether it happened is kept back like one that did.
fn finished(tx: ChangeTx<'_>) -> Result<(), Fault> {
    let wait = tx.wait;
    let outcome = tx.finish();
    let may_have_happened = outcome
        .as_ref()
        .map_or_else(|fault| fault.broken, |()| true);
    if may_have_happened && !wait.is_zero() {
        std::thread::sleep(wait);
    }
    outcome
}

fn failed<T, E: From<StoreError>>(fault: Fault) -> Try<T, E> {
    let error = E::from(fault.error);
    if fault.transient {
        Try::Contended(error)
    } else {
        Try::Done(Err(error))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("location", self.location())
            .finish_non_exhaustive()
    }
}
