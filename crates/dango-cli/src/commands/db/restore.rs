//! `dango db restore`.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::door::Local;
use crate::fault::Fault;

/// Put a copy in the place of the SQLite database
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  dango db restore /backup/auth-2026-01-31.db

The copy is checked first: whether it is whole, belongs to the same key and has an audit log that nobody changed. The database before stays beside it. A database in use is not replaced: stop the server first.")]
pub(crate) struct Restore {
    /// The copy
    file: PathBuf,
}

impl Restore {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let done = Local::restore(&cx.global, &self.file)?;
        let sentence = match &done.kept {
            Some(kept) => format!("restored; the database before is in {}", kept.display()),
            None => "restored".to_owned(),
        };
        cx.report(&done, &sentence)
    }
}
