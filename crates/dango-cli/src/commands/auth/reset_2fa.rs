//! `dango auth reset-2fa`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Remove a user's second factor, for somebody who lost it; their sessions end
#[derive(Debug, Args)]
pub(crate) struct ResetSecondFactor {
    /// The user's email address or username
    email: String,
}

impl ResetSecondFactor {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let done = cx.door()?.reset_second_factor(&self.email)?;
        let tense = if done.changed {
            "has no second factor any more"
        } else {
            "had no second factor"
        };
        let sentence = format!("{} {tense}", done.user.email);
        cx.report(&done, &sentence)
    }
}
