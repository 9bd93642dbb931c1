//! `dango auth key create`.

use clap::Args;

use crate::context::Context;
use crate::door::NewKey;
use crate::fault::Fault;

/// Make an API key for a user and print it, once
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  dango auth key create ann@example.org --name nightly --expires-in 90 --role operator --workspace sales")]
pub(crate) struct Create {
    /// The user's email address or username
    email: String,
    /// What to call the key
    #[arg(long)]
    name: String,
    /// After how many days it stops working [default: never]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    expires_in: Option<u32>,
    /// The role it may use at most [default: the user's]
    #[arg(long)]
    role: Option<String>,
    /// A workspace it may be used in; may be given more than once [default: all of the user's]
    #[arg(long, value_name = "NAME")]
    workspace: Vec<String>,
}

impl Create {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let new = NewKey {
            owner: self.email,
            name: self.name,
            expires_in_days: self.expires_in,
            role: self.role,
            workspaces: self.workspace,
        };
        let key = cx.door()?.create_key(&new)?;
        cx.show(&key)
    }
}
