//! `dango auth reactivate-user`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Give a deactivated user access again; ended sessions stay ended
#[derive(Debug, Args)]
pub(crate) struct ReactivateUser {
    /// The user's email address or username
    email: String,
}

impl ReactivateUser {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let done = cx.door()?.reactivate(&self.email)?;
        let tense = if done.changed {
            "is active again"
        } else {
            "was active already"
        };
        let sentence = format!("{} {tense}", done.user.email);
        cx.report(&done, &sentence)
    }
}
