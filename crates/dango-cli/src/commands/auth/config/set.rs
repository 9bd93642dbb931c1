//! `dango auth config set`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Set a value for every server and command line of this installation
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  dango auth config set require_2fa true")]
pub(crate) struct Set {
    /// The setting, such as lockout.max_attempts
    name: String,
    /// Its value
    #[arg(allow_hyphen_values = true)]
    value: String,
}

impl Set {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let settings = cx.door()?.put_setting(&self.name, Some(&self.value))?;
        cx.report(&settings, &format!("{} is {}", self.name, self.value))
    }
}
