//! `dango auth import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dango_auth::import::Origin;

use crate::context::Context;
use crate::fault::Fault;

/// Take people over from an older system or another installation, everything or nothing
#[derive(Debug, Args)]
#[command(
    allow_missing_positional = true,
    after_help = "\
Examples:
  dango auth import dango /srv/data/.dango --dry-run
  dango auth import dango /srv/data/.dango
  dango auth import dagu /var/lib/dagu/data
  dango auth import --format json people.json

From an older system everybody keeps their password, second factor, recovery codes, open invite and API keys. An export of another installation holds no secrets: whoever is active there arrives invited and a link is printed for each, whoever is not arrives inactive. Doing it again takes over only what is new. When somebody else here holds a name, nothing changes and the exit code is 5."
)]
pub(crate) struct Import {
    /// The older system that wrote the folder
    #[arg(
        value_enum,
        required_unless_present = "format",
        conflicts_with = "format"
    )]
    from: Option<From>,
    /// Its folder (.dango of the data platform, or the one that holds users and apikeys), or the exported file
    path: PathBuf,
    /// The form of a file that `auth export` printed
    #[arg(long, value_enum)]
    format: Option<Format>,
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// People and workspaces as one JSON document
    Json,
    /// People as comma-separated values
    Csv,
}

impl Import {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let local = cx.local()?;
        let planned = local.plan_import(self.origin()?, &self.path)?;
        let refusal = planned.refusal().filter(|_| !self.skip_conflicts);
        if self.dry_run || refusal.is_some() {
            cx.show(&planned.report(false))?;
            return refusal.map_or(Ok(()), Err);
        }
        let done = local.import(&planned, self.skip_conflicts)?;
        cx.show(&done.report(true))
    }

    fn origin(&self) -> Result<Origin, Fault> {
        match (self.from, self.format) {
            (Some(From::Dango), _) => Ok(Origin::Dango),
            (Some(From::Dagu), _) => Ok(Origin::Dagu),
            (None, Some(Format::Json)) => Ok(Origin::Json),
            (None, Some(Format::Csv)) => Ok(Origin::Csv),
            (None, None) => Err(Fault::usage("usage", "name the system or the --format")),
        }
    }
}
