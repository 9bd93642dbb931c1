//! `dango auth workspace delete`.

use clap::Args;

use crate::commands::done::Success;
use crate::context::Context;
use crate::fault::Fault;

/// Remove a workspace and every grant in it
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Its name
    name: String,
}

impl Delete {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        cx.door()?.delete_workspace(&self.name)?;
        cx.report(
            &Success::NOW,
            &format!("workspace {} is deleted with every grant in it", self.name),
        )
    }
}
