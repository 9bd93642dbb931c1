//! `dango auth sync`.

use clap::Args;

use crate::context::Context;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::show::Progress;

/// Bring everybody in line in Metabase now, or with --check only see who is not
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dango auth sync --check
  dango auth sync

A running server does this by itself; this command is for those who do not want to wait. Both may run at the same time.

Exit code 0 when everybody is in line, 5 when somebody is not (also with --check) or no Metabase is configured, 8 when Metabase cannot be used.")]
pub(crate) struct Sync {
    /// Only show what differs; nothing changes
    #[arg(long)]
    check: bool,
}

impl Sync {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        if self.check {
            return check(cx);
        }
        let local = cx.local()?;
        let progress = Progress::people();
        let done = local.sync_metabase(|round| progress.at(round.delivered + round.failed));
        progress.end();
        let done = done?;
        cx.show(&done)?;
        if done.in_line {
            return Ok(());
        }
        let message = format!("{} people are not in line", done.after.waiting);
        Err(Fault::new(Exit::Refused, "not_in_line", message))
    }
}

fn check(cx: &mut Context) -> Result<(), Fault> {
    let found = cx.local()?.check_metabase()?;
    cx.show(&found)?;
    if found.in_line {
        return Ok(());
    }
    let fault = Fault::new(Exit::Refused, "not_in_line", "Metabase is not in line");
    Err(fault.with_next_step("dango auth sync"))
}
