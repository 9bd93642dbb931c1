//! `dango auth key list`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// List API keys, of one user or of all, oldest first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The user's email address or username
    email: Option<String>,
}

impl List {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let keys = cx.door()?.keys(self.email.as_deref())?;
        cx.show(&keys)
    }
}
