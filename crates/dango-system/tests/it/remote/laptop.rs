//! The command line far from the server: no project, a configuration folder of its own.

use std::path::Path;
use std::process::{Command, Stdio};

use dango_testkit::binaries;
use serde_json::Value;
use tempfile::TempDir;

use crate::installation::Run;

/// A person's machine.
pub(crate) struct Laptop {
    home: TempDir,
}

impl Laptop {
    /// One that knows no server yet.
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// The person's folder.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Stores a server that needs no certificate of its own.
    pub(crate) fn add(&self, name: &str, url: &str, key: &str) {
        let mut add = self.command(&["remote", "add", name, url]);
        let run = Run::of(add.env("DANGO_REMOTE_KEY", key));
        assert_eq!(run.code, 0, "{run:?}");
    }

    /// The command, about to be started.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binaries::dango());
        command
            .args(words)
            .stdin(Stdio::null())
            .current_dir(self.home())
            .env_clear()
            .env("HOME", self.home());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Run {
        Run::of(&mut self.command(words))
    }

    /// Runs it and expects success; answers standard output.
    #[track_caller]
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        let run = self.run(words);
        assert_eq!(run.code, 0, "{words:?}: {run:?}");
        run.out
    }

    /// Runs it with `--json` and expects success; answers the document.
    #[track_caller]
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let out = self.ok(&[words, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{words:?}: {error}: {out}"))
    }

    /// Runs it with `--json` and expects this exit code; answers the document on standard error.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, words: &[&str]) -> Value {
        let run = self.run(&[words, &["--json"]].concat());
        assert_eq!(run.code, code, "{words:?}: {run:?}");
        assert_eq!(run.out, "", "{words:?}");
        serde_json::from_str(&run.err).unwrap_or_else(|error| panic!("{error}: {run:?}"))
    }
}
