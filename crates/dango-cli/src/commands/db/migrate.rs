//! `dango db migrate`.

use clap::Args;

use crate::context::Context;
use crate::door::Local;
use crate::fault::Fault;

/// Bring the schema up to date, as every start does
#[derive(Debug, Args)]
pub(crate) struct Migrate {}

impl Migrate {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let done = Local::migrate(&cx.global)?;
        let sentence = if done.applied.is_empty() {
            format!("the schema is up to date (version {})", done.schema)
        } else {
            format!("the schema is at version {} now", done.schema)
        };
        cx.report(&done, &sentence)
    }
}
