//! `dango auth roles list`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;

/// List the roles
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let roles = cx.door()?.roles()?;
        cx.show(&roles)
    }
}
