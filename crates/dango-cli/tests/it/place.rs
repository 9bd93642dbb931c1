//! A project folder of its own for each test, copied from one that was made once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use assert_cmd::Command;
use dango_auth::{Auth, Environment, OpenOptions, Project};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const ADMIN: &str = "admin@localhost";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The cheapest hashing that is allowed: these tests hash often.
pub(crate) const CHEAP: &str =
    "auth:\n  hashing: {memory_kib: 7168, iterations: 5, parallelism: 1}\n";

static TEMPLATE: LazyLock<TempDir> = LazyLock::new(|| {
    let place = Place::bare();
    let mut init = place.dango(&["init", "--skip-wizard"]);
    init.env("DANGO_ADMIN_PASSWORD", PASSWORD)
        .assert()
        .success();
    place.folder
});

/// A folder to work in.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A folder with a configuration and nothing else.
    pub(crate) fn bare() -> Self {
        let place = Self::empty();
        fs::create_dir(place.dot_dango()).unwrap();
        place.restrict();
        place.configure(CHEAP);
        place
    }

    /// A project with one admin, `admin@localhost`.
    pub(crate) fn ready() -> Self {
        let place = Self::empty();
        fs::create_dir(place.dot_dango()).unwrap();
        for entry in fs::read_dir(TEMPLATE.path().join(".dango")).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), place.dot_dango().join(entry.file_name())).unwrap();
            }
        }
        place.restrict();
        place
    }

    /// A project with one admin and these users, all active and with a password.
    pub(crate) fn with_users(users: &[(&str, &str)]) -> Self {
        let place = Self::ready();
        for (email, role) in users {
            place.ok(&["auth", "add-user", email, "--role", role, "--password"]);
        }
        place
    }

    fn restrict(&self) {
        fs::set_permissions(self.dot_dango(), fs::Permissions::from_mode(0o700)).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn dot_dango(&self) -> PathBuf {
        self.path().join(".dango")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dot_dango().join(name)
    }

    pub(crate) fn configure(&self, text: &str) {
        fs::write(self.file("project.yml"), text).unwrap();
    }

    /// The program in this folder, with nothing in its environment.
    pub(crate) fn dango(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dango"));
        command.current_dir(self.path()).env_clear().args(words);
        command
    }

    /// Runs it to its end without a terminal.
    pub(crate) fn run(&self, words: &[&str]) -> Run {
        Run::of(&self.dango(words).output().unwrap())
    }

    /// Runs it and expects success; answers standard output.
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        let run = self.run(words);
        assert_eq!(run.code, 0, "{words:?}: {run:?}");
        run.out
    }

    /// Runs it with `--json` and expects success; answers the document.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let out = self.ok(&[words, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{words:?}: {error}: {out}"))
    }

    /// Runs it and expects this exit code with nothing on standard output; answers standard error.
    pub(crate) fn fails(&self, code: i32, words: &[&str]) -> String {
        let run = self.run(words);
        assert_eq!(run.code, code, "{words:?}: {run:?}");
        assert_eq!(run.out, "", "{words:?}");
        assert!(!run.err.is_empty(), "{words:?} fails without a word");
        run.err
    }

    /// As `fails`, with `--json`; answers the document on standard error.
    pub(crate) fn fails_json(&self, code: i32, words: &[&str]) -> Value {
        let err = self.fails(code, &[words, &["--json"]].concat());
        serde_json::from_str(&err).unwrap_or_else(|error| panic!("{words:?}: {error}: {err}"))
    }

    /// The user object of somebody.
    pub(crate) fn user(&self, email: &str) -> Value {
        let users = self.json(&["auth", "list-users"]);
        let mut users = users.as_array().unwrap().iter();
        users
            .find(|user| user["email"] == email)
            .cloned()
            .unwrap_or(Value::Null)
    }

    /// The events of one type, newest first.
    pub(crate) fn events(&self, name: &str) -> Vec<Value> {
        let lines = self.ok(&["auth", "audit", "--json", "--type", name, "--limit", "1000"]);
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Everything that is stored, to show that nothing changed.
    pub(crate) fn everything(&self) -> (Value, usize) {
        let events = self.ok(&["auth", "audit", "--json", "--limit", "1000"]);
        (self.json(&["auth", "export"]), events.lines().count())
    }

    /// The use cases on this folder, for what no command does.
    pub(crate) fn auth(&self) -> Auth {
        let project = Project::at(self.path()).unwrap();
        Auth::open(OpenOptions::new(project, Environment::default())).unwrap()
    }
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }
}
