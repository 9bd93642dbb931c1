//! `dango auth sessions revoke`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// End all sessions of a user
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The user's email address or username
    email: String,
}

impl Revoke {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let revoked = cx.door()?.revoke_sessions(&self.email)?;
        let sentence = match revoked.revoked_count {
            0 => format!("{} had no sessions", self.email),
            1 => format!("1 session of {} ended", self.email),
            count => format!("{count} sessions of {} ended", self.email),
        };
        cx.report(&revoked, &sentence)
    }
}
