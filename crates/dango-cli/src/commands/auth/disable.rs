//! `dango auth disable`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Let everybody in without sign-in, with every right; asks to type "disable"
#[derive(Debug, Args)]
pub(crate) struct Disable {}

impl Disable {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let local = cx.local()?;
        if local.is_enabled()? {
            let question = "Everybody who reaches the server will be able to do everything without signing in.";
            cx.prompt().confirm_by_typing(question, "disable")?;
        }
        let switched = local.set_enabled(false)?;
        let sentence = if switched.changed {
            "sign-in is off now"
        } else {
            "sign-in was off already"
        };
        cx.report(&switched, sentence)?;
        cx.output.warn(
            "every endpoint answers without sign-in; `dango auth enable` closes them again",
        )?;
        Ok(())
    }
}
