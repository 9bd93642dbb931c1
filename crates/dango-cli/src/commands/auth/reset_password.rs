//! `dango auth reset-password`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Give a user a temporary password and end their sessions
#[derive(Debug, Args)]
pub(crate) struct ResetPassword {
    /// The user's email address or username
    email: String,
}

impl ResetPassword {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let reset = cx.door()?.reset_password(&self.email)?;
        cx.show(&reset)
    }
}
