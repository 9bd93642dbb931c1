//! `dango auth audit erase`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// Erase a deleted person's names and addresses from every event
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  dango auth delete-user ann@example.org
  dango auth audit erase ann@example.org

Names, addresses, user agents and details that mention the person are replaced; that something happened, when and to which account id, stays, and the chain still verifies. Anchors, copies and what was streamed elsewhere are not touched.")]
pub(crate) struct Erase {
    /// The email or username the person had
    email: String,
}

impl Erase {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let local = cx.local()?;
        let question = "What names this person in the log will be gone for good.";
        cx.prompt().confirm_by_typing(question, "erase")?;
        let erased = local.erase_person(&self.email)?;
        let sentence = format!("parts of {} events erased", erased.events);
        cx.report(&erased, &sentence)?;
        if erased.too_old > 0 {
            cx.output.warn(format!(
                "{} older events cannot be erased, only taken out: dango auth audit prune",
                erased.too_old
            ))?;
        }
        Ok(())
    }
}
