//! A project of its own for each test, with its database, its servers and its command line.

use std::path::{Path, PathBuf};
use std::process::Command;

use dango_testkit::binaries;
use dango_testkit::postgres::Database;
use dango_testkit::programs::Program;
use serde_json::Value;
use tempfile::TempDir;

use crate::server::Server;

/// The first administrator of [`Installation::ready`].
pub(crate) const ADMIN: &str = "admin@localhost";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// The key that all servers of one PostgreSQL database share.
const KEY: &str = "6a7ec0de6a7ec0de6a7ec0de6a7ec0de6a7ec0de6a7ec0de6a7ec0de6a7ec0de";

/// Makes a test for each database of functions that take an [`Installation`].
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name($crate::installation::Installation::on_sqlite()); })+
        }
        mod postgres {
            $(#[test] fn $name() {
                if let Some(place) = $crate::installation::Installation::on_postgres() {
                    super::$name(place);
                }
            })+
        }
    };
}
pub(crate) use on_both_databases;

/// One database with the folders and variables of the programs that use it.
pub(crate) struct Installation {
    folder: TempDir,
    database: Option<Database>,
    variables: Vec<(String, String)>,
}

/// What a run of the command left behind.
#[derive(Debug)]
#[allow(dead_code, reason = "the failing assertions show all of it")]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Installation {
    /// An empty folder; the database will be a file in it.
    pub(crate) fn on_sqlite() -> Self {
        let cheapest = [
            ("DANGO_AUTH__HASHING__MEMORY_KIB", "7168"),
            ("DANGO_AUTH__HASHING__ITERATIONS", "5"),
            ("DANGO_WORKERS", "2"),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: None,
            variables: cheapest.map(owned).to_vec(),
        }
    }

    /// An empty PostgreSQL database, or none where PostgreSQL is missing; each server has its own folder.
    pub(crate) fn on_postgres() -> Option<Self> {
        let database = Database::create()?;
        let place = Self::on_sqlite().with("DANGO_DATABASE_URL", &database.url());
        let mut place = place.with("DANGO_SECRET_KEY", KEY);
        place.database = Some(database);
        Some(place)
    }

    /// Uses a PostgreSQL database that the test looks after itself.
    pub(crate) fn on_url(url: &str) -> Self {
        Self::on_variable("DANGO_DATABASE_URL", url)
    }

    /// The same, with its URL in a variable of the test's choice.
    pub(crate) fn on_variable(name: &str, value: &str) -> Self {
        let place = Self::on_sqlite().with(name, value);
        place.with("DANGO_SECRET_KEY", KEY)
    }

    /// Sets a variable for every program started from here on.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Makes the first administrator with `dango init`.
    #[must_use]
    pub(crate) fn ready(self) -> Self {
        let mut init = self.command(&["init", "--skip-wizard"]);
        init.env("DANGO_ADMIN_PASSWORD", PASSWORD);
        let run = Run::of(&mut init);
        assert_eq!(run.code, 0, "{run:?}");
        self
    }

    /// What to call the database in a table.
    pub(crate) fn backend(&self) -> &'static str {
        let mut names = self.variables.iter().map(|(name, _)| name);
        if names.any(|name| name.starts_with("DANGO_DATABASE_URL")) {
            "PostgreSQL"
        } else {
            "SQLite"
        }
    }

    /// The PostgreSQL database.
    pub(crate) fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// The folder of the n-th program: one for all on SQLite, each its own on PostgreSQL.
    pub(crate) fn home(&self, number: usize) -> PathBuf {
        let home = match self.backend() {
            "SQLite" => self.folder.path().to_owned(),
            _ => self.folder.path().join(number.to_string()),
        };
        std::fs::create_dir_all(&home).unwrap();
        home
    }

    /// A file of the first program's `.dango/`.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home(0).join(".dango").join(name)
    }

    /// The server of the n-th folder, about to be started.
    pub(crate) fn server_command(&self, number: usize) -> Command {
        self.server_command_at("127.0.0.1:0", number)
    }

    /// The same with an address to listen on.
    pub(crate) fn server_command_at(&self, address: &str, number: usize) -> Command {
        let mut command = Command::new(binaries::dango_server());
        command.args(["--listen", address]);
        self.prepare(&mut command, &self.home(number));
        command
    }

    /// Starts a server in the n-th folder and waits until it listens.
    pub(crate) fn server(&self, number: usize) -> Server {
        Server::start(&mut self.server_command(number))
    }

    /// Starts several servers.
    pub(crate) fn servers(&self, count: usize) -> Vec<Server> {
        (0..count).map(|number| self.server(number)).collect()
    }

    /// The command line in the first folder, about to be started.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binaries::dango());
        command.args(words).stdin(std::process::Stdio::null());
        self.prepare(&mut command, &self.home(0));
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Run {
        Run::of(&mut self.command(words))
    }

    /// Runs the command and expects success; answers standard output.
    #[track_caller]
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        let run = self.run(words);
        assert_eq!(run.code, 0, "{words:?}: {run:?}");
        run.out
    }

    /// Runs the command with `--json` and expects success; answers the document.
    #[track_caller]
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let out = self.ok(&[words, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{words:?}: {error}: {out}"))
    }

    /// The events of one type, newest first.
    pub(crate) fn events(&self, name: &str) -> Vec<Value> {
        let lines = self.ok(&["auth", "audit", "--json", "--type", name, "--limit", "1000"]);
        let event = |line| serde_json::from_str(line).unwrap();
        lines.lines().map(event).collect()
    }

    /// The events of one type about one person.
    pub(crate) fn events_about(&self, name: &str, person: &str) -> Vec<Value> {
        let about = |event: &Value| event["target"]["name"] == person;
        let mut words = vec!["auth", "audit", "--json", "--type", name];
        words.extend(["--user", person, "--limit", "1000"]);
        let lines = self.ok(&words);
        let events = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        events.filter(about).collect()
    }

    /// The usable administrators as the command line lists them.
    pub(crate) fn usable_admins(&self) -> usize {
        let users = self.json(&["auth", "list-users", "--role", "admin"]);
        let usable =
            |user: &&Value| user["status"] == "active" && user["workspace_access"]["all"] == true;
        users.as_array().unwrap().iter().filter(usable).count()
    }

    /// Runs SQL behind the programs' back; rows come as lines, columns parted by `|`.
    pub(crate) fn sql(&self, sql: &str) -> String {
        if let Some(database) = &self.database {
            return database.sql(sql);
        }
        let sqlite = Program::Sqlite3.find().expect("sqlite3 is installed");
        let file = self.file("auth.db");
        let output = Command::new(sqlite).arg(file).arg(sql).output().unwrap();
        assert!(output.status.success(), "{sql}: {output:?}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    fn prepare(&self, command: &mut Command, home: &Path) {
        let variables = self.variables.iter().map(|(name, value)| (name, value));
        command.current_dir(home).env_clear().envs(variables);
    }
}

impl Run {
    /// Runs a command that should end by itself; one that does not is killed.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
