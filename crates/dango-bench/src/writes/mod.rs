//! Changes with everything that belongs to them, against the least that a durable commit costs.

pub(crate) mod several;
pub(crate) mod work;

use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;

use crate::Failure;
use crate::effort::Effort;
use crate::kept::Backend;
use crate::measure::{Pair, in_turn};
use crate::report::{Budget, Row};
use several::{Processes, threads};
use work::{Kind, Work};

/// What one writer does.
const ALONE: [Kind; 3] = [Kind::Role, Kind::Invite, Kind::Key];
/// Writers at once in one process.
const THREADS: usize = 8;
/// Processes with a writer each.
const PROCESSES: usize = 3;

/// Changes and bare commits in turn, on files and on a server.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for backend in Backend::all()? {
        rows.extend(on(&backend, effort)?);
    }
    Ok(rows)
}

/// Where the writers of one backend work.
struct Yard {
    folder: TempDir,
    database_url: Option<String>,
}

impl Yard {
    fn new(backend: &Backend) -> Result<Self, Failure> {
        let parent = Path::new("target/bench");
        std::fs::create_dir_all(parent)?;
        let folder = TempDir::new_in(parent)?;
        Ok(Self {
            database_url: backend.fresh_database("bench_writes")?,
            folder,
        })
    }

    fn work(&self, kind: Kind, number: usize) -> Result<Work, Failure> {
        Work::new(
            kind,
            self.folder.path(),
            self.database_url.as_deref(),
            number,
        )
    }
}

fn on(backend: &Backend, effort: Effort) -> Result<Vec<Row>, Failure> {
    let yard = Yard::new(backend)?;
    let title = match backend {
        Backend::Sqlite => "SQLite FULL",
        Backend::Postgres(_) => "PostgreSQL",
    };
    let row = |kind: Kind, writers: &str, pair| {
        let case = format!("{title}: {}, {writers}", kind.title());
        let row = Row::beside(case, "per s", pair, "one-row commits");
        match (backend, kind) {
            (Backend::Sqlite, Kind::Role) => row.within(Budget::RatioAtLeast(0.5)),
            _ => row,
        }
    };
    let mut rows = Vec::new();
    for kind in ALONE {
        rows.push(row(kind, "one writer", alone(&yard, kind, effort)?));
    }
    let (count, rounds) = (effort.pick(2, 20, 100), effort.pick(1, 3, 9));
    let mut ours = works(&yard, Kind::Role)?;
    let mut bare = works(&yard, Kind::Bare)?;
    let pair = in_turn(
        rounds,
        || threads(&mut ours, count),
        || threads(&mut bare, count),
    )?;
    rows.push(row(Kind::Role, "8 writers", pair));
    let mut ours = Processes::start(&yard, Kind::Role, count)?;
    let mut bare = Processes::start(&yard, Kind::Bare, count)?;
    let pair = in_turn(rounds, || ours.run(), || bare.run())?;
    rows.push(row(Kind::Role, "3 processes", pair));
    Ok(rows)
}

fn alone(yard: &Yard, kind: Kind, effort: Effort) -> Result<Pair, Failure> {
    let (mut ours, mut bare) = (yard.work(kind, 0)?, yard.work(Kind::Bare, 0)?);
    let count = effort.pick(2, 50, 300);
    in_turn(
        effort.pick(1, 3, 11),
        || rate(count, || ours.once()),
        || rate(count, || bare.once()),
    )
}

/// One for each thread; those of one process share its pool of connections.
fn works(yard: &Yard, kind: Kind) -> Result<Vec<Work>, Failure> {
    let first = yard.work(kind, 1)?;
    let others = (2..=THREADS).map(|number| first.beside(number));
    let others = others.collect::<Result<Vec<_>, _>>()?;
    Ok(std::iter::once(first).chain(others).collect())
}

fn rate(count: usize, mut once: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for _ in 0..count {
        once()?;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}
