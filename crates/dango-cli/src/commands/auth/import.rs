//! `dango auth import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::context::Context;
use crate::fault::Fault;

/// Take people, keys and history over from an older system, everything or nothing
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dango auth import dango /srv/data/.dango --dry-run
  dango auth import dango /srv/data/.dango
  dango auth import dagu /var/lib/dagu/data

Everybody keeps their password, second factor, recovery codes, open invite and API keys. Doing it again takes over only what is new. When somebody else here holds a name, nothing changes and the exit code is 5.")]
pub(crate) struct Import {
    /// The system that wrote the folder
    #[arg(value_enum)]
    from: From,
    /// Its folder: .dango of the data platform, or the one that holds users and apikeys
    path: PathBuf,
    /// Only show what would happen
    #[arg(long)]
    dry_run: bool,
    /// Leave out whoever has a name that somebody else here holds
    #[arg(long)]
    skip_conflicts: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum From {
    /// The Dango data platform
    Dango,
    /// The Dagu workflow engine
    Dagu,
}

impl std::convert::From<From> for dango_auth::import::Origin {
    fn from(from: From) -> Self {
        match from {
            From::Dango => Self::Dango,
            From::Dagu => Self::Dagu,
        }
    }
}

impl Import {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let local = cx.local()?;
        let planned = local.plan_import(self.from.into(), &self.path)?;
        let refusal = planned.refusal().filter(|_| !self.skip_conflicts);
        if self.dry_run || refusal.is_some() {
            cx.show(&planned.report(false))?;
            return refusal.map_or(Ok(()), Err);
        }
        let done = local.import(&planned, self.skip_conflicts)?;
        cx.show(&done.report(true))
    }
}
