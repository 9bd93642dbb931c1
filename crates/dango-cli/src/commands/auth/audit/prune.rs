//! `dango auth audit prune`.

use clap::Args;
use dango_auth::view::instant;

use super::bound;
use crate::context::Context;
use crate::fault::Fault;

/// Take old events out of the log; what is left stays verifiable
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  dango auth audit prune --before 2025-01-01

Export them first if they have to be kept: dango auth audit --until 2025-01-01 --format jsonl. The setting audit.retention_days does the same every hour.")]
pub(crate) struct Prune {
    /// Events up to the first that happened at or after this date (UTC) or RFC 3339 instant
    #[arg(long, value_name = "DATE")]
    before: String,
}

impl Prune {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let before = bound("before", &self.before, instant::parse_start(&self.before))?;
        let local = cx.local()?;
        let question = "The events will be gone for good.";
        cx.prompt().confirm_by_typing(question, "prune")?;
        let pruned = local.prune_audit(before)?;
        let sentence = format!("{} events taken out", pruned.events);
        cx.report(&pruned, &sentence)
    }
}
