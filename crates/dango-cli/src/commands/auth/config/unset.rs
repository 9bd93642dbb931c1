//! `dango auth config unset`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Take back a value that was set, so that file and defaults decide again
#[derive(Debug, Args)]
pub(crate) struct Unset {
    /// The setting, such as lockout.max_attempts
    name: String,
}

impl Unset {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let settings = cx.door()?.put_setting(&self.name, None)?;
        cx.report(&settings, &format!("{} is no longer set here", self.name))
    }
}
