//! `dango auth delete-user`.

use clap::Args;

use crate::commands::done::Success;
use crate::context::Context;
use crate::fault::Fault;

/// Delete a user for ever; asks to type the email address
#[derive(Debug, Args)]
#[command(
    after_help = "What the user did stays in the audit log. To end access and keep the account, use deactivate-user."
)]
pub(crate) struct DeleteUser {
    /// The user's email address or username
    email: String,
}

impl DeleteUser {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let door = cx.door()?;
        let user = door.user(&self.email)?;
        let question = format!("{} will be deleted for ever.", user.email);
        cx.prompt().confirm_by_typing(&question, &user.email)?;
        door.delete_user(&user.username)?;
        cx.report(&Success::NOW, &format!("{} is deleted", user.email))
    }
}
