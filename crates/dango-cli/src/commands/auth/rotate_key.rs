//! `dango auth rotate-key`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;
use crate::show::Progress;

/// Replace the key that everything stored is sealed under, while servers run
#[derive(Debug, Args)]
#[command(after_help = "\
A new key is put in .dango/secret.key, everything is sealed anew under it, and the old key goes to a file of its own. Stopped half-way, everything stays readable; the next run finishes it.

Servers that use the same file take the new key over by themselves. A server with a file of its own answers 503 to what needs the key until it has a copy of the new secret.key; no restart is needed. Where the key comes from DANGO_SECRET_KEY, put a new one in front of it for every server (\"NEW,OLD\"), restart them, and then run this.")]
pub(crate) struct RotateKey {}

impl RotateKey {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let local = cx.local()?;
        let mut progress = Progress::new();
        let rotated = local.rotate_key(|step| progress.step(step))?;
        progress.end();
        cx.show(&rotated)
    }
}
