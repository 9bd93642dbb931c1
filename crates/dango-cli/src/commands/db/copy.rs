//! `dango db copy`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;
use crate::show::Progress;

/// Copy everything to a fresh database, from SQLite to PostgreSQL or back
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  dango db copy --to postgres://dango@db.internal/auth

Everything arrives in one transaction or not at all. Counts and hashes of all tables are compared and the audit log is verified before it is committed. The copy belongs to the same key. Stop the server first, or what happens meanwhile is missing in the copy.")]
pub(crate) struct Copy {
    /// Where to: postgres://… or sqlite://…
    #[arg(long, value_name = "URL")]
    to: String,
}

impl Copy {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let local = cx.local()?;
        let mut progress = Progress::new();
        let copied = local.copy(&self.to, |step| progress.step(step))?;
        progress.end();
        cx.show(&copied)
    }
}
