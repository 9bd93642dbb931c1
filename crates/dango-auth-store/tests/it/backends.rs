//! A fresh database per test, on either backend.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use dango_auth_core::seal::{KeyRing, MasterKey};
use dango_auth_store::{Location, Store, StoreOptions};
use dango_testbase::postgres::Cluster;
use dango_testbase::programs::Program;
use dango_testbase::{skip, variables};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};

/// Makes a test of each function for each backend; the function takes a [`Base`].
macro_rules! for_each_backend {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                super::$name(&$crate::backends::Base::sqlite());
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                if let Some(base) = $crate::backends::Base::postgres() {
                    super::$name(&base);
                }
            })+
        }
    };
}

/// An empty place for a store.
pub(crate) struct Base {
    pub(crate) location: Location,
    folder: tempfile::TempDir,
    /// On PostgreSQL: the administration database and the name of ours.
    server: Option<(String, String)>,
}

/// One value of a raw query, as text.
#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Base {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("auth.db"));
        Self {
            location,
            folder,
            server: None,
        }
    }

    pub(crate) fn postgres() -> Option<Self> {
        let admin = server()?;
        let folder = tempfile::tempdir().unwrap();
        let unique = folder
            .path()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_lowercase();
        let name = format!("store_{}", unique.trim_matches('.'));
        administer(&admin, &format!("CREATE DATABASE {name}"));
        let location = Location::Postgres(with_database(&admin, &name));
        Some(Self {
            location,
            folder,
            server: Some((admin, name)),
        })
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.server.is_none()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("auth.db")
    }

    pub(crate) fn options(&self) -> StoreOptions {
        let mut options = StoreOptions::new(self.location.clone(), keys(1)).creating();
        options.patience = Duration::from_secs(20);
        options
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(&self.options()).unwrap()
    }

    /// Runs SQL behind the back of the store.
    pub(crate) fn sql(&self, sql: &str) {
        match &self.location {
            Location::Sqlite(path) => sqlite(path).batch_execute(sql).unwrap(),
            Location::Postgres(url) => postgres(url).batch_execute(sql).unwrap(),
        }
    }

    /// The column `value` of a query's rows, behind the back of the store.
    pub(crate) fn values(&self, sql: &str) -> Vec<String> {
        let query = diesel::sql_query(sql.to_owned());
        let rows: Vec<Value> = match &self.location {
            Location::Sqlite(path) => query.load(&mut sqlite(path)).unwrap(),
            Location::Postgres(url) => query.load(&mut postgres(url)).unwrap(),
        };
        rows.into_iter().map(|row| row.value).collect()
    }

    /// Lets audit rows be tampered with.
    pub(crate) fn drop_audit_triggers(&self) {
        self.sql(if self.is_sqlite() {
            "DROP TRIGGER audit_events_refuse_update; DROP TRIGGER audit_events_refuse_delete;"
        } else {
            "DROP TRIGGER audit_events_refuse_change ON audit_events;"
        });
    }
}

impl Drop for Base {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.server {
            administer(admin, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// A ring with one key, all bytes alike.
pub(crate) fn keys(byte: u8) -> KeyRing {
    KeyRing::new(MasterKey::from_bytes([byte; 32]))
}

#[allow(clippy::disallowed_methods)] // a look behind the store's back
fn sqlite(path: &std::path::Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection
        .batch_execute("PRAGMA busy_timeout = 10000")
        .unwrap();
    connection
}

#[allow(clippy::disallowed_methods)] // a look behind the store's back
fn postgres(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap()
}

fn administer(admin: &str, sql: &str) {
    postgres(admin).batch_execute(sql).unwrap();
}

/// URL of the server's administration database; reports the skip when there is none.
fn server() -> Option<String> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    if let Some(url) = variables::value(variables::POSTGRES_URL) {
        return Some(url);
    }
    let initdb = skip::unless_installed(Program::Initdb)?;
    let start = || Some(Cluster::start(&initdb).unwrap_or_else(|error| panic!("{error}")));
    SHARED.get_or_init(start).as_ref().map(Cluster::url)
}

fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let host = address.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = address.split_at(host);
    let authority = rest
        .split_once('/')
        .map_or(rest, |(authority, _)| authority);
    let question = if query.is_empty() { "" } else { "?" };
    format!("{scheme}{authority}/{name}{question}{query}")
}
