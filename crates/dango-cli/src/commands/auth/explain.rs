//! `dango auth explain`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Say whether a user may do something, and why
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  dango auth explain ann@example.org query.execute --workspace sales"
)]
pub(crate) struct Explain {
    /// The user's email address or username
    email: String,
    /// The permission, such as query.execute
    permission: String,
    /// In this workspace
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
}

impl Explain {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let explanation =
            cx.door()?
                .explain(&self.email, &self.permission, self.workspace.as_deref())?;
        cx.show(&explanation)
    }
}
