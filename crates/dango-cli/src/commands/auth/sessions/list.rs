//! `dango auth sessions list`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// List a user's sessions, oldest first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The user's email address or username
    email: String,
}

impl List {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let sessions = cx.door()?.sessions(&self.email)?;
        cx.show(&sessions)
    }
}
