//! `dango auth invite`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Make a user's invite link again; the link made before stops working
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The user's email address or username
    email: String,
    /// Where the invite link points [default: public_url, else http://localhost:8800]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

impl Invite {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let invited = cx.door()?.invite(&self.email, self.base_url.as_deref())?;
        cx.show(&invited)
    }
}
