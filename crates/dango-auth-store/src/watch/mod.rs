//! Watching the epoch: whether anything that rights depend on has changed, asked at every request.
//!
//! A watch has a connection of its own that never writes. On SQLite a [`Detector`] tells cheaply whether
//! anybody has committed; only then is the epoch read. On PostgreSQL the epoch is read each time.

mod detector;
mod header;

use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::result::QueryResult;

use crate::StoreError;
use crate::dialect;
use crate::lease;
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
    /// Boxed, since it is taken out and put back at every look.
    open: Option<Box<Open>>,
    /// The cleverest way of detection to be tried.
    best: Detection,
    /// When the database was last found at its place.
    checked: Option<Instant>,
}

/// How long it counts that the database is at its place: many requests under load, and no time for anybody else.
const PLACE: Duration = Duration::from_millis(1);

/// What a watch sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The counter that rises with every security-relevant change.
    pub epoch: i64,
    /// How long it may be used without looking again, counted from before the look; zero is not at all.
    pub lease: Duration,
}

struct Open {
    link: Link,
    detector: Box<dyn Detector + Send>,
    sight: Sight,
}

impl Store {
    /// A watch; it connects when it is first asked.
    pub fn watch(&self) -> Watch {
        Watch {
            store: self.clone(),
            open: None,
            best: Detection::Header,
            checked: None,
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
        self.sight().map(|sight| sight.epoch)
    }

    /// The epoch, and how long it may be used without asking again.
    ///
    /// # Errors
    /// As [`Watch::epoch`].
    pub fn sight(&mut self) -> Result<Sight, StoreError> {
        self.check_place()?;
        let was_open = self.open.is_some();
        match self.look() {
            // A connection that was cut while nobody asked is replaced once.
            Err(_) if was_open => self.look(),
            answer => answer,
        }
    }

    fn check_place(&mut self) -> Result<(), StoreError> {
        if self.checked.is_some_and(|at| at.elapsed() < PLACE) {
            return Ok(());
        }
        self.checked = None;
        let now = Instant::now();
        self.store.check_place()?;
        self.checked = Some(now);
        Ok(())
    }

    /// How it notices commits; nothing before it was first asked.
    pub fn detection(&self) -> Option<Detection> {
        self.open.as_ref().map(|open| open.detector.kind())
    }

    fn look(&mut self) -> Result<Sight, StoreError> {
        // Taken out, so that after a failure nothing of it is believed any more.
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.connect()?,
        };
        let looked = open.look().map_err(|error| match error {
            Trouble::Statement(error) => dialect::explain(&open.link, &error).error,
            Trouble::File(error) => StoreError::unavailable(error.to_string(), true),
        });
        let sight = looked?;
        self.open = Some(open);
        Ok(sight)
    }

    fn connect(&self) -> Result<Box<Open>, StoreError> {
        let mut link = self.store.connect_to_watch()?;
        let explain = |link: &Link, error| dialect::explain(link, &error).error;
        // The first read also makes SQLite open its files.
        let sight = read(&mut link).map_err(|error| explain(&link, error))?;
        let detector: Box<dyn Detector + Send> = match (&link, self.header()) {
            (Link::Postgres(_), _) => Box::new(Always),
            (Link::Sqlite(_), Some(header)) => Box::new(header),
            (Link::Sqlite(_), None) => Box::new(DataVersion::default()),
        };
        Ok(Box::new(Open {
            link,
            detector,
            sight,
        }))
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
    fn look(&mut self) -> Result<Sight, Trouble> {
        if self.detector.has_moved(&mut self.link)? {
            self.sight = read(&mut self.link)?;
        }
        Ok(self.sight)
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

fn read(link: &mut Link) -> QueryResult<Sight> {
    let both = (guard::epoch, guard::lease_micros);
    let (epoch, lease) = guard::table.select(both).get_result(link)?;
    Ok(Sight {
        epoch,
        lease: lease::duration(lease),
    })
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch")
            .field("detection", &self.detection())
            .finish_non_exhaustive()
    }
}
