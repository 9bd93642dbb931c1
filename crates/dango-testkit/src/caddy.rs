//! A real Caddy as reverse proxy, in a folder of its own, as the user who runs the test.

use std::net::SocketAddr;
use std::process::Command;

use tempfile::TempDir;

use crate::process::Running;
use crate::programs::Program;
use crate::{ports, skip};

/// A running Caddy; stopped and its folder removed when dropped.
#[derive(Debug)]
pub struct Caddy {
    address: SocketAddr,
    // Dropped in this order: first the program, then the folder it works in.
    _process: Running,
    _folder: TempDir,
}

impl Caddy {
    /// Starts Caddy with the given contents of a site's block, served over plain HTTP, or reports the skip.
    ///
    /// # Panics
    /// When Caddy refuses the configuration; in a strict run also when it is missing.
    pub fn start(site: &str) -> Option<Self> {
        let caddy = skip::unless_installed(Program::Caddy)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = ports::free_address();
        let configuration = folder.path().join("Caddyfile");
        let text = format!("{{\n    admin off\n}}\nhttp://{address} {{\n{site}\n}}\n");
        std::fs::write(&configuration, text).expect("a file");
        let mut command = Command::new(caddy);
        command
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(&configuration)
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path());
        let mut process = Running::start(&mut command);
        process.wait_for_listener(address);
        Some(Self {
            address,
            _process: process,
            _folder: folder,
        })
    }

    /// The URL without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}
