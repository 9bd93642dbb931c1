//! A server that is measured, in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Failure;

/// A running server; ended when dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it listens, such as `127.0.0.1:4321`.
    pub(crate) address: String,
}

impl Server {
    /// Starts it and reads from its first line where it listens.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("a server without output")?;
        let mut lines = BufReader::new(output).lines();
        let says = |line: &std::io::Result<String>| {
            line.as_ref()
                .is_ok_and(|line| line.contains("listens on http://"))
        };
        let found = lines.find(says).transpose()?;
        let address = found.and_then(|line| Some(line.rsplit_once("http://")?.1.to_owned()));
        // Whatever else it says is read and dropped, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let mut server = Self {
            child,
            address: String::new(),
        };
        server.address = address.ok_or("a server ended before it listened")?;
        Ok(server)
    }

    /// Seconds of processor time that its threads have used.
    pub(crate) fn processor_seconds(&self) -> Result<f64, Failure> {
        let mut nanoseconds = 0.0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread that ends in this moment has hardly worked.
            let Ok(spent) = std::fs::read_to_string(thread?.path().join("schedstat")) else {
                continue;
            };
            let first = spent.split_whitespace().next();
            nanoseconds += first
                .ok_or("an unknown form of schedstat")?
                .parse::<f64>()?;
        }
        Ok(nanoseconds / 1e9)
    }

    /// Resident memory in MiB.
    pub(crate) fn resident(&self) -> Result<f64, Failure> {
        resident(&self.child.id().to_string())
    }
}

/// Resident memory of a process in MiB, by its number or as `self`.
pub(crate) fn resident(process: &str) -> Result<f64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let size = line.and_then(|line| line.split_whitespace().next());
    Ok(size.ok_or("no resident memory")?.parse::<f64>()? / 1_024.0)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
