//! A fresh PostgreSQL database per test.
//!
//! The server comes from `DANGO_TEST_POSTGRES_URL`, which `cargo xtask test` sets. Without it, the first
//! test of a process that needs one starts a throwaway cluster, which ends with the process.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use dango_testbase::postgres::Cluster;

use crate::programs::Program;
use crate::{skip, variables};

/// A database of one's own; dropped, whoever is still connected, at the end.
#[derive(Debug)]
pub struct Database {
    psql: PathBuf,
    admin: String,
    name: String,
}

impl Database {
    /// Creates an empty database, or reports that the test has to be skipped.
    ///
    /// # Panics
    /// When the server refuses; in a strict run also when there is none.
    pub fn create() -> Option<Self> {
        let psql = skip::unless_installed(Program::Psql)?;
        let admin = server()?;
        let name = format!(
            "dango_test_{:016x}",
            RandomState::new().build_hasher().finish()
        );
        let database = Self { psql, admin, name };
        database.administer(&format!("create database {}", database.name));
        Some(database)
    }

    /// URL of the database for a superuser.
    pub fn url(&self) -> String {
        with_database(&self.admin, &self.name)
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder with the server's socket.
    ///
    /// # Panics
    /// When the server is not reached by one.
    pub fn socket_folder(&self) -> PathBuf {
        let (_, host) = self.admin.split_once("host=").expect("a unix socket");
        PathBuf::from(host.split('&').next().unwrap_or(host))
    }

    /// Runs SQL behind the back of the program under test; rows come as lines, columns parted by `|`.
    ///
    /// # Panics
    /// When the SQL fails.
    pub fn sql(&self, sql: &str) -> String {
        checked(sql, &self.psql(&self.url(), sql))
    }

    /// Runs SQL in the administration database, for instance to end the connections to this one.
    ///
    /// # Panics
    /// When the SQL fails.
    pub fn administer(&self, sql: &str) -> String {
        checked(sql, &self.psql(&self.admin, sql))
    }

    fn psql(&self, url: &str, sql: &str) -> Output {
        run_psql(&self.psql, url, sql)
    }
}

fn run_psql(psql: &Path, url: &str, sql: &str) -> Output {
    let mut command = Command::new(psql);
    command.args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"]);
    command.args(["-d", url, "-c", sql]);
    command.output().expect("psql can be started")
}

/// Runs SQL on any database; rows come as lines, columns parted by `|`.
///
/// # Panics
/// When `psql` is missing or the SQL fails.
pub fn sql_at(url: &str, sql: &str) -> String {
    let psql = Program::Psql.find().expect("psql");
    checked(sql, &run_psql(&psql, url, sql))
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("drop database if exists {} with (force)", self.name);
        // The server may be gone by the test's own doing; it goes away as a whole then.
        let _ = self.psql(&self.admin, &sql);
    }
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

/// The URL with another database; the rest, query included, stays.
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

fn checked(sql: &str, output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{sql}` failed: {said}");
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_a_url_changes() {
        let cases = [
            (
                "postgresql://postgres@/postgres?host=/tmp/x",
                "postgresql://postgres@/mine?host=/tmp/x",
            ),
            ("postgres://u:p@h:5432/db", "postgres://u:p@h:5432/mine"),
            ("postgres://h", "postgres://h/mine"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "mine"), expected);
        }
    }
}
