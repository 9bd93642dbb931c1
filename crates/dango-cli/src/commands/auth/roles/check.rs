//! `dango auth roles check`.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::door::Local;
use crate::exit::Exit;
use crate::fault::Fault;

/// Check a policy file, and whether it knows every role that people have
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is changed. Without FILE it is the project's own .dango/policy.toml, which programs read when they start.

Exit code 6 when the file does not fit together, 5 when somebody has a role it does not know.")]
pub(crate) struct Check {
    /// The policy file [default: .dango/policy.toml]
    file: Option<PathBuf>,
}

impl Check {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        cx.stay_here()?;
        let report = Local::check_policy(&cx.global, self.file)?;
        cx.show(&report)?;
        if report.unknown_roles.is_empty() {
            return Ok(());
        }
        let message = "there are people or keys with a role that the policy does not know";
        Err(Fault::new(Exit::Refused, "unknown_role_in_use", message)
            .with_next_step("put the role back into the file, or give these people other roles"))
    }
}
