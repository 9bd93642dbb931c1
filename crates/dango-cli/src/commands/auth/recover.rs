//! `dango auth recover`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Get back in: make a recovery admin, or restore one person
#[derive(Debug, Args)]
#[command(after_long_help = "\
Without EMAIL a new admin is made, for you to put things right with and to delete afterwards.

With EMAIL that person gets a new temporary password and becomes active, unlocked and admin; their second factor is removed.")]
pub(crate) struct Recover {
    /// The person to restore
    email: Option<String>,
}

const DEFAULT: &str = "recovery@localhost";

impl Recover {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let local = cx.local()?;
        let recovered = if let Some(login) = self.email {
            local.recover_person(&login)?
        } else {
            local.recovery_admin(&address(cx)?)?
        };
        cx.show(&recovered)
    }
}

fn address(cx: &mut Context) -> Result<String, Fault> {
    if cx.global.yes {
        return Ok(DEFAULT.to_owned());
    }
    let otherwise =
        format!("--yes to take {DEFAULT}, or the email address of the person to restore");
    cx.prompt().text(
        "Email address of the recovery admin",
        Some(DEFAULT),
        &otherwise,
    )
}
