//! `dango auth change-role`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Give a user another role; it holds from their next request on
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dango auth change-role ann@example.org admin")]
pub(crate) struct ChangeRole {
    /// The user's email address or username
    email: String,
    /// The role: viewer, operator, editor, developer, manager, admin, or one of the policy's own
    role: String,
}

impl ChangeRole {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let done = cx.door()?.change_role(&self.email, &self.role)?;
        let tense = if done.changed {
            "is now"
        } else {
            "was already"
        };
        let sentence = format!("{} {tense} {}", done.user.email, done.user.role);
        cx.report(&done, &sentence)
    }
}
