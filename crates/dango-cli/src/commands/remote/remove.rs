//! `dango remote remove`.

use clap::Args;

use crate::commands::done::Success;
use crate::context::Context;
use crate::fault::Fault;
use crate::remotes::Remotes;

/// Forget a server and its key; the key keeps working until it is revoked there
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// What it is called here
    name: String,
}

impl Remove {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        Remotes::load()?.remove(&self.name)?;
        cx.report(&Success::NOW, &format!("{} is forgotten", self.name))
    }
}
