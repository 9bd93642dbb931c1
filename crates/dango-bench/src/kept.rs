//! Databases of known sizes that are kept below `target/bench/data`, so that they are filled once.

use std::path::{Path, PathBuf};

use dango_auth_store::Location;
use dango_testbase::postgres::{Cluster, Options};
use dango_testbase::programs::Program;

use crate::Failure;
use crate::generate::bulk::{self, Bulk};
use crate::installation::Installation;
use crate::raw::Raw;

/// Where they are.
const FOLDER: &str = "target/bench/data";

/// What a server for measuring is told: it keeps its promises, and has memory for what is asked often.
const SETTINGS: &str = "
fsync = on
full_page_writes = on
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 30min
maintenance_work_mem = 256MB
";

/// On what.
pub(crate) enum Backend {
    /// Files.
    Sqlite,
    /// A server of our own that keeps its data; stopped when dropped.
    Postgres(Cluster),
}

impl Backend {
    /// A PostgreSQL with kept data; none where that is not installed.
    pub(crate) fn postgres() -> Result<Option<Self>, Failure> {
        let Some(initdb) = Program::Initdb.find() else {
            println!("    PostgreSQL is not installed, so nothing is measured on it");
            return Ok(None);
        };
        let data = Path::new(FOLDER).join("postgres");
        std::fs::create_dir_all(FOLDER)?;
        let options = Options {
            data: Some(&data),
            settings: SETTINGS,
        };
        Ok(Some(Self::Postgres(Cluster::start_with(&initdb, options)?)))
    }

    /// Every one that this machine has.
    pub(crate) fn all() -> Result<impl Iterator<Item = Self>, Failure> {
        Ok([Some(Self::Sqlite), Self::postgres()?]
            .into_iter()
            .flatten())
    }

    /// What it is called in folders.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// What it is called for people.
    pub(crate) const fn title(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The URL of an empty database of that name; none for files.
    pub(crate) fn fresh_database(&self, name: &str) -> Result<Option<String>, Failure> {
        if let Self::Postgres(cluster) = self {
            let mut admin = Raw::open(&Location::Postgres(cluster.url()))?;
            admin.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        }
        self.database(name)
    }

    /// The URL of a database of that name, made if need be; none for files.
    fn database(&self, name: &str) -> Result<Option<String>, Failure> {
        let Self::Postgres(cluster) = self else {
            return Ok(None);
        };
        let url = cluster.url();
        let mut admin = Raw::open(&Location::Postgres(url.clone()))?;
        let there = format!("SELECT COUNT(*) AS count FROM pg_database WHERE datname = '{name}'");
        if admin.number(&there)? == 0 {
            admin.run(&format!("CREATE DATABASE {name}"))?;
        }
        Ok(Some(url.replacen("@/postgres?", &format!("@/{name}?"), 1)))
    }
}

/// How much is in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// People besides the administrator.
    pub(crate) people: usize,
    /// Sessions of theirs.
    pub(crate) sessions: usize,
    /// Events in the log.
    pub(crate) events: usize,
}

impl Size {
    /// As many of each.
    pub(crate) const fn all(count: usize) -> Self {
        Self {
            people: count,
            sessions: count,
            events: count,
        }
    }

    /// With ten events for each person.
    pub(crate) const fn with_history(people: usize) -> Self {
        Self {
            people,
            sessions: people,
            events: people * 10,
        }
    }
}

/// A database of a known size.
pub(crate) struct Kept {
    /// What uses it.
    pub(crate) at: Installation,
    /// How much is in it.
    pub(crate) size: Size,
}

impl Kept {
    /// Opens one, and fills it as far as it is not yet.
    pub(crate) fn open(backend: &Backend, size: Size) -> Result<Self, Failure> {
        let name = format!("bench_{}_{}_{}", size.people, size.sessions, size.events);
        let url = backend.database(&name)?;
        let at = Installation::open(&folder(backend, &name), url.as_deref())?;
        let mut bulk = Bulk::new(Raw::open(&at.location)?, at.keys.clone())?;
        let more = [
            bulk.people(size.people)?,
            bulk.sessions(size.sessions, size.people)?,
            bulk::events(&at.store, size.events)?,
        ];
        if more.contains(&true) {
            bulk.settle()?;
        }
        Ok(Self { at, size })
    }
}

fn folder(backend: &Backend, name: &str) -> PathBuf {
    Path::new(FOLDER)
        .join(backend.name())
        .with_extension("projects")
        .join(name)
}
