//! `dango auth enable`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Require sign-in (the state of a new installation)
#[derive(Debug, Args)]
pub(crate) struct Enable {}

impl Enable {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let local = cx.local()?;
        let switched = local.set_enabled(true)?;
        let sentence = if switched.changed {
            "sign-in is required now"
        } else {
            "sign-in was required already"
        };
        cx.report(&switched, sentence)?;
        if local.is_setup_needed()? {
            cx.output
                .warn("nobody can sign in yet; make the first admin with `dango init`")?;
        }
        Ok(())
    }
}
