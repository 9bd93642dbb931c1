//! `dango auth revoke`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Take a user's role in one workspace away
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The user's email address or username
    email: String,
    /// The workspace
    workspace: String,
}

impl Revoke {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let done = cx.door()?.revoke_grant(&self.email, &self.workspace)?;
        let tense = if done.changed {
            "has no role any more"
        } else {
            "had no role"
        };
        let sentence = format!(
            "{} {tense} in workspace {}",
            done.user.email, self.workspace
        );
        cx.report(&done, &sentence)
    }
}
