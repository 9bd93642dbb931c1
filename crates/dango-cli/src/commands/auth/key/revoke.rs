//! `dango auth key revoke`.

use clap::Args;

use crate::commands::done::Success;
use crate::context::Context;
use crate::fault::Fault;

/// End an API key at once
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The key's id, as `key list` shows it
    id: String,
}

impl Revoke {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        cx.door()?.revoke_key(&self.id)?;
        cx.report(&Success::NOW, &format!("key {} is revoked", self.id))
    }
}
