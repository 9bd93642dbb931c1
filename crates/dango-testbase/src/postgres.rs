//! A throwaway PostgreSQL cluster that removes itself, however its owner ends.
//!
//! The cluster listens on a unix socket only. A small shell, the *keeper*, waits for the end of a pipe
//! that only the owner holds open; when the owner drops the cluster, returns from `main`, is interrupted
//! or killed, the keeper stops the server and deletes the folder.

mod sealed;
mod standby;

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

use thiserror::Error;

/// Speed without giving up what tests look at.
///
/// `fsync` may be off because the kernel survives every process that a test kills; `synchronous_commit`
/// stays on, or a killed server would forget commits it had confirmed.
const SETTINGS: &str = "
listen_addresses = ''
fsync = off
full_page_writes = off
max_connections = 300
shared_buffers = 64MB
max_wal_size = 256MB
max_parallel_workers_per_gather = 0
jit = off
autovacuum_naptime = 10s
";

/// Stops the server and removes its folder at the end of standard input.
const KEEPER: &str = r#"cat >/dev/null; "$1" -D "$2/data" -m immediate -w stop; rm -rf "$2""#;

/// Why a cluster could not be started.
#[derive(Debug, Error)]
pub enum ClusterError {
    /// A folder or process could not be made.
    #[error("cannot prepare a PostgreSQL cluster: {0}")]
    Io(#[from] std::io::Error),
    /// One of PostgreSQL's programs refused.
    #[error("{program} failed: {output}")]
    Program {
        /// The program's name.
        program: &'static str,
        /// What it said.
        output: String,
    },
}

/// A running cluster; gone when dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    pg_ctl: PathBuf,
    account: Option<Account>,
    /// Other than the usual port, once it listens on the network.
    port: OnceLock<u16>,
    keeper: Child,
    /// The keeper waits for this end to close.
    lifeline: Option<ChildStdin>,
}

/// What a cluster may be told besides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Keeps the data in this folder, where the next one finds it; otherwise it goes with the cluster.
    pub data: Option<&'a Path>,
    /// Further lines of `postgresql.conf`, which win over the others.
    pub settings: &'a str,
}

impl Cluster {
    /// Makes and starts a cluster with the programs beside `initdb`.
    ///
    /// PostgreSQL refuses to run as root, so for root it runs as user `postgres`, or `nobody`.
    ///
    /// # Errors
    /// When a folder cannot be made or one of PostgreSQL's programs fails.
    pub fn start(initdb: &Path) -> Result<Self, ClusterError> {
        Self::start_with(initdb, Options::default())
    }

    /// The same with data or settings of one's own.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_with(initdb: &Path, options: Options<'_>) -> Result<Self, ClusterError> {
        let account = Account::for_postgres()?;
        let pg_ctl = initdb.with_file_name("pg_ctl");
        let folder = make_folder(account)?;
        let is_there = match options.data {
            Some(data) => link_data(data, &folder.join("data"), account)?,
            None => false,
        };
        let (keeper, lifeline) = keep(&pg_ctl, &folder, account)?;
        let cluster = Self {
            folder,
            pg_ctl,
            account,
            port: OnceLock::new(),
            keeper,
            lifeline: Some(lifeline),
        };
        if !is_there {
            cluster.initialise(initdb, account)?;
        }
        cluster.configure(options.settings)?;
        cluster.resume()?;
        Ok(cluster)
    }

    /// Stops the server as a crash would, keeping its data.
    ///
    /// # Errors
    /// When it does not stop.
    pub fn halt(&self) -> Result<(), ClusterError> {
        let mut command = Command::new(&self.pg_ctl);
        command.arg("-D").arg(self.folder.join("data"));
        command.args(["-m", "immediate", "-w", "stop"]);
        run("pg_ctl", command, self.account)
    }

    /// URL of the cluster's administration database, for its superuser, without a password.
    pub fn url(&self) -> String {
        let folder = self.folder.display();
        let url = format!("postgresql://postgres@/postgres?host={folder}");
        match self.port.get() {
            Some(port) => format!("{url}&port={port}"),
            None => url,
        }
    }

    /// Where the cluster's socket, data and log are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn initialise(&self, initdb: &Path, account: Option<Account>) -> Result<(), ClusterError> {
        let data = self.folder.join("data");
        let mut command = Command::new(initdb);
        command.arg("-D").arg(&data);
        command.args([
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ]);
        command.args(["--no-sync", "--no-instructions"]);
        run("initdb", command, account)
    }

    /// Writes the settings; the file belongs to PostgreSQL's user, and this process owns it or is root.
    fn configure(&self, further: &str) -> Result<(), ClusterError> {
        let file = self.folder.join("data/postgresql.conf");
        let defaults = std::fs::read_to_string(&file)?;
        // What an earlier cluster with the same data was told does not count any more.
        let defaults = defaults.split(SETTINGS).next().unwrap_or_default();
        let socket = self.folder.display();
        let socket = format!("unix_socket_directories = '{socket}'");
        let settings = format!("{defaults}{SETTINGS}{socket}\n{further}\n");
        Ok(std::fs::write(&file, settings)?)
    }

    /// Starts the server, which has not run yet or was halted.
    ///
    /// # Errors
    /// When it does not start.
    pub fn resume(&self) -> Result<(), ClusterError> {
        let log = self.folder.join("server.log");
        let mut command = Command::new(&self.pg_ctl);
        command
            .arg("-D")
            .arg(self.folder.join("data"))
            .arg("-l")
            .arg(&log);
        command.args(["-w", "-t", "60", "start"]);
        run("pg_ctl", command, self.account).map_err(|error| {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            ClusterError::Program {
                program: "pg_ctl",
                output: format!("{error}\n{said}"),
            }
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.keeper.wait();
    }
}

/// The unprivileged account that PostgreSQL runs as when we are root.
#[derive(Clone, Copy, Debug)]
struct Account {
    user: u32,
    group: u32,
}

impl Account {
    fn for_postgres() -> Result<Option<Self>, ClusterError> {
        if id(&["-u"])? != 0 {
            return Ok(None);
        }
        let of = |name: &str| -> Result<Self, ClusterError> {
            Ok(Self {
                user: id(&["-u", name])?,
                group: id(&["-g", name])?,
            })
        };
        of("postgres").or_else(|_| of("nobody")).map(Some)
    }

    fn apply(account: Option<Self>, command: &mut Command) {
        if let Some(Self { user, group }) = account {
            command.uid(user).gid(group);
        }
    }
}

fn id(arguments: &[&str]) -> Result<u32, ClusterError> {
    let output = Command::new("id").args(arguments).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| ClusterError::Program {
        program: "id",
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

fn make_folder(account: Option<Account>) -> Result<PathBuf, ClusterError> {
    // A socket's path may have 107 bytes at most, so a long temporary folder cannot be used.
    let base = Some(std::env::temp_dir())
        .filter(|base| base.as_os_str().len() < 60)
        .unwrap_or_else(|| PathBuf::from("/tmp"));
    let folder = tempfile::Builder::new()
        .prefix("dango-postgres-")
        .tempdir_in(base)?
        .keep();
    if let Some(Account { user, group }) = account {
        std::os::unix::fs::chown(&folder, Some(user), Some(group))?;
    }
    Ok(folder)
}

/// Puts a link to kept data where the cluster looks for it; tells whether a cluster was made there.
///
/// The keeper removes the link with its folder, and what it leads to stays.
fn link_data(data: &Path, link: &Path, account: Option<Account>) -> Result<bool, ClusterError> {
    let is_there = data.join("PG_VERSION").is_file();
    std::fs::create_dir_all(data)?;
    if let Some(Account { user, group }) = account {
        std::os::unix::fs::chown(data, Some(user), Some(group))?;
    }
    std::os::unix::fs::symlink(std::path::absolute(data)?, link)?;
    Ok(is_there)
}

fn keep(
    pg_ctl: &Path,
    folder: &Path,
    account: Option<Account>,
) -> Result<(Child, ChildStdin), ClusterError> {
    let mut command = Command::new("sh");
    command
        .args(["-c", KEEPER, "keeper"])
        .arg(pg_ctl)
        .arg(folder)
        .current_dir("/");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Its own process group: an interrupt at the terminal must not reach it before it has cleaned up.
    command.process_group(0);
    Account::apply(account, &mut command);
    let mut keeper = command.spawn()?;
    let lifeline = keeper.stdin.take();
    let lifeline = lifeline.ok_or_else(|| std::io::Error::other("the keeper has no input"))?;
    Ok((keeper, lifeline))
}

fn run(
    program: &'static str,
    mut command: Command,
    account: Option<Account>,
) -> Result<(), ClusterError> {
    Account::apply(account, &mut command);
    let output = command.current_dir("/").stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(ClusterError::Program {
        program,
        output: String::from_utf8_lossy(&said).into_owned(),
    })
}
