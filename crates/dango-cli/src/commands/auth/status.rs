//! `dango auth status`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Show in one look whether sign-in is on, who there is, which limits hold, and what to mind
#[derive(Debug, Args)]
pub(crate) struct Status {}

impl Status {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let status = cx.door()?.status()?;
        cx.show(&status)
    }
}
