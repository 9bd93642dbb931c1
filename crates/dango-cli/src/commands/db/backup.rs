//! `dango db backup`.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Write a whole copy of the SQLite database into a new file, while everybody works on
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  dango db backup /backup/auth-2026-01-31.db

The file is made with mode 0600 and never overwritten. It is of no use without the key in .dango/secret.key: keep that one too, but elsewhere. For PostgreSQL use pg_dump.")]
pub(crate) struct Backup {
    /// The file to make
    file: PathBuf,
}

impl Backup {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let made = cx.local()?.back_up(&self.file)?;
        let file = made.file.display().to_string();
        cx.report(&made, &format!("the whole database is in {file}"))
    }
}
