//! `dango auth config show`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Show the settings in force and where each value comes from
#[derive(Debug, Args)]
pub(crate) struct Show {}

impl Show {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let settings = cx.door()?.settings()?;
        cx.show(&settings)
    }
}
