//! A real `HAProxy` as load balancer, in a folder of its own, as the user who runs the test.

use std::process::Command;

use tempfile::TempDir;

use crate::process::Running;
use crate::programs::Program;
use crate::{ports, skip};

/// A running `HAProxy`; stopped and its folder removed when dropped.
#[derive(Debug)]
pub struct Haproxy {
    url: String,
    // Dropped in this order: first the program, then the folder it works in.
    process: Running,
    _folder: TempDir,
}

impl Haproxy {
    /// Starts `HAProxy` with a configuration in which `@address@` stands for where it listens, or reports the
    /// skip.
    ///
    /// # Panics
    /// When `HAProxy` refuses the configuration; in a strict run also when it is missing.
    pub fn start(configuration: &str) -> Option<Self> {
        let haproxy = skip::unless_installed(Program::Haproxy)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = ports::free_address();
        let file = folder.path().join("haproxy.cfg");
        let text = configuration.replace("@address@", &address.to_string());
        std::fs::write(&file, text + "\n").expect("a file");
        let mut command = Command::new(haproxy);
        command.arg("-db").arg("-f").arg(&file);
        let mut process = Running::start(&mut command);
        process.wait_for_listener(address);
        Some(Self {
            url: format!("http://{address}"),
            process,
            _folder: folder,
        })
    }

    /// The URL without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What `HAProxy` has complained about.
    pub fn output(&self) -> String {
        self.process.output()
    }
}
