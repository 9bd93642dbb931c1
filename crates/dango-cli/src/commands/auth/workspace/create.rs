//! `dango auth workspace create`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Make a workspace
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Its name: 1-64 letters, digits, _ and -
    name: String,
    /// What it is for
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
}

impl Create {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let workspace = cx.door()?.create_workspace(&self.name, &self.description)?;
        cx.report(
            &workspace,
            &format!("workspace {} is there", workspace.name),
        )
    }
}
