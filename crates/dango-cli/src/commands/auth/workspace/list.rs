//! `dango auth workspace list`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;
use crate::show::Workspaces;

/// List the workspaces
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let workspaces = cx.door()?.workspaces()?;
        cx.show(&Workspaces { workspaces })
    }
}
