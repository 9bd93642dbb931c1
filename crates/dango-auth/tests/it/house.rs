//! A project of one's own for each test, with a clock that the test moves.

use std::sync::Barrier;
use std::time::Duration as RealTime;

use chrono::{DateTime, Duration, Utc};
use dango_auth::core::audit::Via;
use dango_auth::ports::{AuditFilter, ChainReport, StoredEvent};
use dango_auth::{
    Ambient, Auth, Caller, Clock as _, Environment, HasherLimits, OpenError, OpenOptions, Project,
};
use dango_auth_store::{Location, Store, StoreOptions};
use dango_testkit::postgres::Database;
use dango_testkit::{FixedClock, SeededEntropy};

/// Makes a test of each function for each backend; the function takes a [`House`]. At the end of each
/// the chain of the audit log must hold.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                let house = $crate::house::House::on_sqlite();
                super::$name(&house);
                house.check();
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                if let Some(house) = $crate::house::House::on_postgres() {
                    super::$name(&house);
                    house.check();
                }
            })+
        }
    };
}

/// A project, its database and an open [`Auth`].
pub struct House {
    pub auth: Auth,
    pub clock: FixedClock,
    entropy: SeededEntropy,
    folder: tempfile::TempDir,
    database: Option<Database>,
}

impl House {
    pub fn on_sqlite() -> Self {
        Self::on(None)
    }

    pub fn on_postgres() -> Option<Self> {
        Database::create().map(|database| Self::on(Some(database)))
    }

    fn on(database: Option<Database>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (project, _) = Project::create(folder.path()).unwrap();
        let (clock, entropy) = (FixedClock::default(), SeededEntropy::new(1));
        let options = options(project, &clock, &entropy, database.as_ref(), &[]);
        Self {
            auth: Auth::open(options.creating()).unwrap(),
            clock,
            entropy,
            folder,
            database,
        }
    }

    /// Another process on the same database, with these variables besides.
    pub fn another(&self, variables: &[(&str, &str)]) -> Auth {
        self.try_another(variables).unwrap()
    }

    pub fn try_another(&self, variables: &[(&str, &str)]) -> Result<Auth, OpenError> {
        let project = Project::at(self.folder.path()).unwrap();
        let database = self.database.as_ref();
        Auth::open(options(
            project,
            &self.clock,
            &self.entropy,
            database,
            variables,
        ))
    }

    /// Another process that does not wait for a database that is busy or gone.
    pub fn impatient(&self) -> Auth {
        self.opened(|options| options.patience = RealTime::from_millis(200))
    }

    /// Another process that is opened in its own way.
    pub fn opened(&self, adjust: impl FnOnce(&mut OpenOptions)) -> Auth {
        let project = Project::at(self.folder.path()).unwrap();
        let database = self.database.as_ref();
        let mut options = options(project, &self.clock, &self.entropy, database, &[]);
        adjust(&mut options);
        Auth::open(options).unwrap()
    }

    /// The store itself, for states that no use case makes.
    pub fn store(&self) -> Store {
        let project = Project::at(self.folder.path()).unwrap();
        let environment = Environment::default();
        let missing = dango_auth::project::MissingKey::Refuse;
        let keys = project.key_ring(&environment, missing).unwrap();
        let location = match &self.database {
            Some(database) => Location::Postgres(database.url()),
            None => Location::Sqlite(project.database_file()),
        };
        Store::open(&StoreOptions::new(location, keys)).unwrap()
    }

    /// Whoever can open the project's files.
    pub fn system(&self) -> Caller {
        self.auth.local_caller(Via::Cli)
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// What an action leaves in the audit log, oldest first, and what it answers.
    pub fn traced<T>(&self, action: impl FnOnce() -> T) -> (T, Vec<StoredEvent>) {
        let before = self.auth.audit().head(&self.system()).unwrap().0;
        let answer = action();
        let mut events = self.events();
        events.retain(|event| event.id > before);
        (answer, events)
    }

    /// The names of the events an action leaves, and what it answers.
    pub fn trace<T>(&self, action: impl FnOnce() -> T) -> (T, Vec<String>) {
        let (answer, events) = self.traced(action);
        (answer, names(&events))
    }

    /// The whole log, oldest first.
    pub fn events(&self) -> Vec<StoredEvent> {
        let mut filter = AuditFilter::default();
        let mut all = Vec::new();
        loop {
            let page = self.auth.audit().query(&self.system(), &filter, 1_000);
            let page = page.unwrap();
            filter.before = page.rows.last().map(|event| event.id);
            all.extend(page.rows);
            if !page.more {
                all.reverse();
                return all;
            }
        }
    }

    pub fn count(&self, event: &str) -> usize {
        let all = names(&self.events());
        all.iter().filter(|name| *name == event).count()
    }

    /// The database's folder on SQLite.
    pub fn database_file(&self) -> Option<std::path::PathBuf> {
        let project = Project::at(self.folder.path()).unwrap();
        self.database.is_none().then(|| project.database_file())
    }

    /// The file of links of the log that lies outside of the database.
    pub fn anchors_file(&self) -> std::path::PathBuf {
        let project = Project::at(self.folder.path()).unwrap();
        project.folder().join("audit.anchors")
    }

    pub fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// Every row of the log is bound to the one before.
    pub fn check(&self) {
        let rows = self.auth.audit().head(&self.system()).unwrap().0;
        let report = self.auth.audit().verify(&self.system()).unwrap();
        let rows = u64::try_from(rows).unwrap();
        assert_eq!(report, ChainReport::Intact { rows });
    }
}

fn options(
    project: Project,
    clock: &FixedClock,
    entropy: &SeededEntropy,
    database: Option<&Database>,
    variables: &[(&str, &str)],
) -> OpenOptions {
    let mut pairs: Vec<(String, String)> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    pairs.extend(database.map(|database| ("DANGO_DATABASE_URL".to_owned(), database.url())));
    let ambient = Ambient::new(
        std::sync::Arc::new(clock.clone()),
        std::sync::Arc::new(entropy.clone()),
    );
    let mut options = OpenOptions::new(project, Environment::of_pairs(pairs));
    options.ambient = ambient;
    "tester".clone_into(&mut options.local_user);
    options.hashing = HasherLimits {
        queue: 64,
        wait: RealTime::from_secs(60),
        niceness: 0,
    };
    options.with_insecure_hashing_for_tests()
}

pub fn names(events: &[StoredEvent]) -> Vec<String> {
    let name = |stored: &StoredEvent| stored.event.name.as_str().to_owned();
    events.iter().map(name).collect()
}

/// The short or, in a thorough run, the long number of rounds.
pub fn rounds(short: usize, long: usize) -> usize {
    if dango_testkit::variables::thorough() {
        long
    } else {
        short
    }
}

/// Runs all closures at once, as nearly as threads can, and gives their answers in order.
pub fn at_once<T: Send, F: FnOnce() -> T + Send>(actions: Vec<F>) -> Vec<T> {
    let barrier = Barrier::new(actions.len());
    std::thread::scope(|scope| {
        let barrier = &barrier;
        let threads: Vec<_> = actions
            .into_iter()
            .map(|action| {
                scope.spawn(move || {
                    barrier.wait();
                    action()
                })
            })
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join().unwrap());
        joined.collect()
    })
}
