//! `dango auth unlock`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Lift every lock that failed sign-ins put on a user
#[derive(Debug, Args)]
pub(crate) struct Unlock {
    /// The user's email address or username
    email: String,
}

impl Unlock {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let done = cx.door()?.unlock(&self.email)?;
        let tense = if done.changed {
            "is unlocked"
        } else {
            "was not locked"
        };
        let sentence = format!("{} {tense}", done.user.email);
        cx.report(&done, &sentence)
    }
}
