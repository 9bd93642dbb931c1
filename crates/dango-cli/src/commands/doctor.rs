//! `dango doctor`.

use clap::Args;

use crate::context::Context;
use crate::exit::Exit;
use crate::fault::Fault;

/// Look for what should be put right, and say how
#[derive(Debug, Args)]
#[command(after_help = "\
Looks at the configuration, the modes of the files, the key, the clock, the store and its schema, the cost of hashing on this machine, proxies, second factors, the first admin's password and the chain of the audit log.

Exit code 0 when there is no problem (warnings may remain), 1 when there is one. When the installation cannot be opened at all, the exit code is that of the reason.")]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let health = cx.local()?.examine()?;
        cx.show(&health)?;
        if health.healthy {
            return Ok(());
        }
        let message = "there are problems to put right";
        Err(Fault::new(Exit::Unexpected, "problems_found", message))
    }
}
