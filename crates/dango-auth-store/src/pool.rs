//! Connections kept open.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::result::QueryResult;
use r2d2::PooledConnection;

use crate::StoreError;
use crate::dialect::{self, Fault};
use crate::link::Link;
use crate::options::StoreOptions;

/// A connection of the pool.
pub(crate) struct Pooled {
    pub(crate) link: Link,
    /// Set when an error showed that it is of no use any more.
    pub(crate) broken: bool,
}

impl Pooled {
    /// Runs a statement and says what its failure means.
    pub(crate) fn run<T>(
        &mut self,
        statement: impl FnOnce(&mut Link) -> QueryResult<T>,
    ) -> Result<T, Fault> {
        statement(&mut self.link).map_err(|error| {
            let fault = dialect::explain(&self.link, &error);
            self.broken |= fault.broken;
            fault
        })
    }
}

impl std::fmt::Debug for Pooled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pooled")
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

/// Opens connections for the pool.
///
/// The derived `establish` is never used: it tries one backend after the other, so that a PostgreSQL
/// URL would be taken for a file name while the server is down.
pub(crate) struct Opener {
    options: Arc<StoreOptions>,
    /// The connection that opening the store made already.
    first: Mutex<Option<Link>>,
    failure: Failure,
}

impl r2d2::ManageConnection for Opener {
    type Connection = Pooled;
    type Error = StoreError;

    fn connect(&self) -> Result<Pooled, StoreError> {
        let first = self
            .first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let link = match first {
            Some(link) => link,
            None => dialect::connect(&self.options)
                .inspect_err(|error| self.failure.set(Some(error.clone())))?,
        };
        self.failure.set(None);
        Ok(Pooled {
            link,
            broken: false,
        })
    }

    /// A dead connection shows at its next `BEGIN`, where nothing is lost by taking another.
    fn is_valid(&self, _: &mut Pooled) -> Result<(), StoreError> {
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken || dialect::is_unclean(&mut pooled.link)
    }
}

#[derive(Debug)]
struct Quiet;

impl r2d2::HandleError<StoreError> for Quiet {
    fn handle_error(&self, error: StoreError) {
        tracing::warn!(%error, "a database connection could not be opened");
    }
}

/// Longest wait for a connection while all of them work.
const WAIT: Duration = Duration::from_secs(2);
/// How long until somebody who waits looks whether waiting makes sense.
const LOOK: Duration = Duration::from_millis(50);

/// Why the last attempt to connect failed; nothing since one has succeeded.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<StoreError>>>);

impl Failure {
    fn set(&self, failure: Option<StoreError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    fn get(&self) -> Option<StoreError> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The connections of one store.
pub(crate) struct Pool {
    connections: r2d2::Pool<Opener>,
    failure: Failure,
    wait: Duration,
}

impl Pool {
    /// A pool that starts with `first` and opens more when they are needed.
    pub(crate) fn new(options: &Arc<StoreOptions>, first: Link) -> Self {
        let failure = Failure::default();
        let opener = Opener {
            options: Arc::clone(options),
            first: Mutex::new(Some(first)),
            failure: failure.clone(),
        };
        let wait = options.patience.min(WAIT);
        let connections = r2d2::Pool::builder()
            .max_size(options.connections.max(1))
            .min_idle(Some(0))
            .test_on_check_out(false)
            .idle_timeout(None)
            .max_lifetime(None)
            // Half of it is the longest pause between two attempts to reach a database that is down.
            .connection_timeout(Duration::from_secs(1))
            .error_handler(Box::new(Quiet))
            .build_unchecked(opener);
        Self {
            connections,
            failure,
            wait,
        }
    }

    /// A connection; while the database is down, the refusal comes at once.
    ///
    /// Whoever is refused leaves an attempt to connect behind, which the pool repeats twice a second until it
    /// succeeds: so the pool notices by itself that the database is back.
    pub(crate) fn get(&self) -> Result<PooledConnection<Opener>, StoreError> {
        let deadline = Instant::now() + self.wait;
        loop {
            if let Ok(connection) = self.connections.get_timeout(LOOK.min(self.wait)) {
                return Ok(connection);
            }
            match self.failure.get() {
                Some(failure) if self.connections.state().connections == 0 => return Err(failure),
                _ if Instant::now() < deadline => {}
                Some(failure) => return Err(failure),
                None => return Err(StoreError::unavailable("all connections are in use", true)),
            }
        }
    }

    /// How many connections are open, and how many of them wait for work.
    pub(crate) fn state(&self) -> (u32, u32) {
        let state = self.connections.state();
        (state.connections, state.idle_connections)
    }
}
