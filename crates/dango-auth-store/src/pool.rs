//! Connections kept open.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::result::QueryResult;

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
            None => dialect::connect(&self.options)?,
        };
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

pub(crate) type Pool = r2d2::Pool<Opener>;

/// A pool that starts with `first` and opens more when they are needed.
pub(crate) fn pool(options: &Arc<StoreOptions>, first: Link) -> Pool {
    let opener = Opener {
        options: Arc::clone(options),
        first: Mutex::new(Some(first)),
    };
    r2d2::Pool::builder()
        .max_size(options.connections.max(1))
        .min_idle(Some(0))
        .test_on_check_out(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connection_timeout(options.patience)
        .error_handler(Box::new(Quiet))
        .build_unchecked(opener)
}
