//! `dango remote list`.

use clap::Args;

use crate::context::Context;
use crate::fault::Fault;
use crate::remotes::Remotes;
use crate::show::RemoteObject;

/// List the stored servers, without their keys
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let all = Remotes::load()?.all()?;
        let shown: Vec<RemoteObject> = all.iter().map(RemoteObject::from).collect();
        cx.show(&shown)
    }
}
