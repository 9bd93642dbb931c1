//! Certificate authorities for one test, made by `openssl`.
#![allow(clippy::expect_used)] // a failing test is the aim

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::{programs, skip};

/// An authority that nobody trusts who is not told to; its folder is removed when it is dropped.
#[derive(Debug)]
pub struct Authority {
    openssl: PathBuf,
    folder: TempDir,
}

/// A certificate for this machine, with its key, both as PEM.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl Authority {
    /// Makes an authority, or reports the skip.
    ///
    /// # Panics
    /// When `openssl` fails; in a strict run also when it is missing.
    pub fn create() -> Option<Self> {
        let Some(openssl) = programs::on_path("openssl") else {
            skip::report("openssl is missing: install the package `openssl`");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = Self { openssl, folder };
        let mut make = authority.request("ca.key", "/CN=authority of one test");
        make.args(["-x509", "-days", "2", "-out", "ca.pem"]);
        make.args(["-addext", "subjectAltName=DNS:localhost"]);
        make.args(["-addext", "keyUsage=critical,keyCertSign"]);
        run(&mut make);
        Some(authority)
    }

    /// The authority's own certificate with its key, for a server that is its own authority.
    ///
    /// # Panics
    /// When a file cannot be read.
    pub fn itself(&self) -> Certificate {
        let text = |name| read(&self.folder.path().join(name));
        Certificate {
            certificate: text("ca.pem"),
            key: text("ca.key"),
        }
    }

    /// The file with the authority's own certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate for `127.0.0.1` and `localhost`.
    ///
    /// # Panics
    /// When `openssl` fails.
    pub fn certify(&self) -> Certificate {
        self.certify_as("localhost", "IP:127.0.0.1,DNS:localhost")
    }

    /// A certificate for somebody (the common name) under other names (`DNS:…` or `IP:…`).
    ///
    /// # Panics
    /// When `openssl` fails.
    pub fn certify_as(&self, name: &str, others: &str) -> Certificate {
        let mut ask = self.request("own.key", &format!("/CN={name}"));
        run(ask.args(["-out", "own.csr"]));
        let names = format!("subjectAltName={others}\n");
        std::fs::write(self.folder.path().join("names"), names).expect("a file");
        let mut sign = self.openssl(&["x509", "-req", "-in", "own.csr", "-days", "2"]);
        sign.args(["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]);
        run(sign.args(["-extfile", "names", "-out", "own.pem"]));
        let text = |name| read(&self.folder.path().join(name));
        Certificate {
            certificate: text("own.pem"),
            key: text("own.key"),
        }
    }

    /// A request with a fresh key.
    fn request(&self, key: &str, subject: &str) -> Command {
        let mut command = self.openssl(&["req", "-newkey", "ec", "-nodes"]);
        command.args(["-pkeyopt", "ec_paramgen_curve:P-256"]);
        command.args(["-subj", subject, "-keyout", key]);
        command
    }

    fn openssl(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.openssl);
        command.current_dir(self.folder.path()).args(words);
        command
    }
}

fn run(command: &mut Command) {
    let output = command.output().expect("cannot start openssl");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file of openssl's")
}
