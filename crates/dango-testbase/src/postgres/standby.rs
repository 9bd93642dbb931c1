//! A second cluster that follows the first, and what can happen to either.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use super::{Cluster, ClusterError, keep, make_folder, run};

impl Cluster {
    /// Makes and starts a standby that follows this cluster by streaming replication.
    ///
    /// # Errors
    /// When the copy cannot be made or the standby does not start.
    pub fn standby(&self) -> Result<Self, ClusterError> {
        let folder = make_folder(self.account)?;
        let (keeper, lifeline) = keep(&self.pg_ctl, &folder, self.account)?;
        let standby = Self {
            folder,
            pg_ctl: self.pg_ctl.clone(),
            account: self.account,
            port: OnceLock::new(),
            keeper,
            lifeline: Some(lifeline),
        };
        self.copy_to(&standby.folder.join("data"))?;
        standby.move_socket()?;
        standby.resume()?;
        Ok(standby)
    }

    /// Makes a standby one that takes writes (`pg_ctl promote`) and waits until it does.
    ///
    /// # Errors
    /// When it refuses.
    pub fn promote(&self) -> Result<(), ClusterError> {
        let mut command = Command::new(&self.pg_ctl);
        command.arg("-D").arg(self.folder.join("data"));
        command.args(["-w", "-t", "60", "promote"]);
        run("pg_ctl", command, self.account)
    }

    /// Kills the server's main process (SIGKILL), as a machine that dies does; it is not told.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill(&self) -> Result<(), ClusterError> {
        let file = self.folder.join("data/postmaster.pid");
        let text = std::fs::read_to_string(file)?;
        let mut command = Command::new("kill");
        command.args(["-9", text.lines().next().unwrap_or_default()]);
        run("kill", command, self.account)
    }

    fn copy_to(&self, data: &Path) -> Result<(), ClusterError> {
        let mut command = Command::new(self.pg_ctl.with_file_name("pg_basebackup"));
        command.arg("-D").arg(data);
        command.arg("-d").arg(self.url());
        command.args(["-R", "-X", "stream", "-c", "fast", "--no-sync"]);
        run("pg_basebackup", command, self.account)
    }

    /// The copied settings name the first cluster's socket and port; the last mention of a setting counts.
    fn move_socket(&self) -> Result<(), ClusterError> {
        let file = self.folder.join("data/postgresql.conf");
        let copied = std::fs::read_to_string(&file)?;
        let socket = self.folder.display();
        let settings = format!(
            "{copied}unix_socket_directories = '{socket}'\nlisten_addresses = ''\nport = 5432\n"
        );
        Ok(std::fs::write(&file, settings)?)
    }
}
