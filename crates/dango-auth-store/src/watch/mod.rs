//! Watching the epoch: whether anything that rights depend on has changed, asked at every request.
//!
//! A watch has a connection of its own that never writes. On SQLite a [`Detector`] tells cheaply whether
//! anybody has committed; only then is the epoch read. On PostgreSQL the epoch is read each time.

mod detector;
mod header;

use diesel::prelude::*;
use diesel::result::QueryResult;

use crate::StoreError;
use crate::dialect;
use crate::link::Link;
use crate::options::Location;
use crate::schema::guard;
use crate::store::Store;
use detector::{Always, DataVersion, Detector};
use header::Header;

/// How a watch notices that others have committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detection {
    /// By the head of SQLite's index of its write-ahead log.
    Header,
    /// By `PRAGMA data_version`.
    DataVersion,
    /// Not at all: the epoch is read each time.
    None,
}

/// The epoch, cheap to ask for again and again by one thread.
pub struct Watch {
    store: Store,
    open: Option<Open>,
    /// The cleverest way of detection to be tried.
    best: Detection,
}

struct Open {
    link: Link,
    detector: Box<dyn Detector + Send>,
    epoch: i64,
}

impl Store {
    /// A watch; it connects when it is first asked.
    pub fn watch(&self) -> Watch {
        Watch {
            store: self.clone(),
            open: None,
            best: Detection::Header,
        }
    }

    /// Whether a watch answers without waiting for a server.
    pub fn is_watched_at_once(&self) -> bool {
        matches!(self.location(), Location::Sqlite(_))
    }
}

impl Watch {
    /// Does without the head of the log's index.
    #[must_use]
    pub fn by_data_version(mut self) -> Self {
        self.best = Detection::DataVersion;
        self
    }

    /// The epoch, not older than this call.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer or is not at its place.
    pub fn epoch(&mut self) -> Result<i64, StoreError> {
        self.store.check_place()?;
        let was_open = self.open.is_some();
        match self.look() {
            // A connection that was cut while nobody asked is replaced once.
            Err(_) if was_open => self.look(),
            answer => answer,
        }
    }

    /// How it notices commits; nothing before it was first asked.
    pub fn detection(&self) -> Option<Detection> {
        self.open.as_ref().map(|open| open.detector.kind())
    }

    fn look(&mut self) -> Result<i64, StoreError> {
        // Taken out, so that after a failure nothing of it is believed any more.
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.connect()?,
        };
        let looked = open.look().map_err(|error| match error {
            Trouble::Statement(error) => dialect::explain(&open.link, &error).error,
            Trouble::File(error) => StoreError::unavailable(error.to_string(), true),
        });
        let epoch = looked?;
        self.open = Some(open);
        Ok(epoch)
    }

    fn connect(&self) -> Result<Open, StoreError> {
        let mut link = self.store.connect_to_watch()?;
        let explain = |link: &Link, error| dialect::explain(link, &error).error;
        // The first read also makes SQLite open its files.
        let epoch = read(&mut link).map_err(|error| explain(&link, error))?;
        let detector: Box<dyn Detector + Send> = match (&link, self.header()) {
            (Link::Postgres(_), _) => Box::new(Always),
            (Link::Sqlite(_), Some(header)) => Box::new(header),
            (Link::Sqlite(_), None) => Box::new(DataVersion::default()),
        };
        Ok(Open {
            link,
            detector,
            epoch,
        })
    }

    fn header(&self) -> Option<Header> {
        match self.store.location() {
            Location::Sqlite(path) if self.best == Detection::Header => {
                Header::proven(path, &self.store)
            }
            _ => None,
        }
    }
}

impl Open {
    /// A fresh detector says that something moved, so what was read before it existed does not count.
    fn look(&mut self) -> Result<i64, Trouble> {
        if self.detector.has_moved(&mut self.link)? {
            self.epoch = read(&mut self.link)?;
        }
        Ok(self.epoch)
    }
}

/// Why it could not be told.
enum Trouble {
    Statement(diesel::result::Error),
    File(std::io::Error),
}

impl From<diesel::result::Error> for Trouble {
    fn from(error: diesel::result::Error) -> Self {
        Self::Statement(error)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

fn read(link: &mut Link) -> QueryResult<i64> {
    guard::table.select(guard::epoch).first(link)
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch")
            .field("detection", &self.detection())
            .finish_non_exhaustive()
    }
}
