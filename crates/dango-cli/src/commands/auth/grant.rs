//! `dango auth grant`.

use clap::Args;

use crate::context::Context;
use crate::door::GrantRequest;
use crate::fault::Fault;

/// Give a user a role in one workspace
#[derive(Debug, Args)]
#[command(after_help = "\
Somebody with access everywhere has nothing to gain from a grant and is refused; --only narrows their access down to it.")]
pub(crate) struct Grant {
    /// The user's email address or username
    email: String,
    /// The workspace
    workspace: String,
    /// The role there; any but admin
    role: String,
    /// Make this the user's only access
    #[arg(long)]
    only: bool,
}

impl Grant {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let grant = GrantRequest {
            workspace: self.workspace,
            role: self.role,
            only: self.only,
        };
        let done = cx.door()?.grant(&self.email, &grant)?;
        let tense = if done.changed {
            "is now"
        } else {
            "was already"
        };
        let sentence = format!(
            "{} {tense} {} in workspace {}",
            done.user.email, grant.role, grant.workspace
        );
        cx.report(&done, &sentence)
    }
}
