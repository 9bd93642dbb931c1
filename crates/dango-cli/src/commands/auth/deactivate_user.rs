//! `dango auth deactivate-user`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// End a user's access: sessions end, API keys stop working, nothing is deleted
#[derive(Debug, Args)]
pub(crate) struct DeactivateUser {
    /// The user's email address or username
    email: String,
}

impl DeactivateUser {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let done = cx.door()?.deactivate(&self.email)?;
        let tense = if done.changed {
            "is deactivated"
        } else {
            "was deactivated already"
        };
        let sentence = format!("{} {tense}", done.user.email);
        cx.report(&done, &sentence)
    }
}
