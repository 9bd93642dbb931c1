//! Clients that come in masses, or behave badly, and what others notice of it (contract §3.8).

mod clients;
mod idle;
mod storm;

use dango_testkit::process::Running;

/// What the kernel says of a running program.
struct Vitals(u32);

impl Vitals {
    fn of(process: &Running) -> Self {
        Self(process.id())
    }

    /// The most memory it has ever held, in MiB.
    fn peak_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap();
        let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib / 1_024
    }

    /// Connections and other sockets it has open.
    fn sockets(&self) -> usize {
        let entries = std::fs::read_dir(format!("/proc/{}/fd", self.0)).unwrap();
        let links = entries.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
        let is_socket = |link: &std::path::PathBuf| link.to_string_lossy().starts_with("socket:");
        links.filter(is_socket).count()
    }
}
