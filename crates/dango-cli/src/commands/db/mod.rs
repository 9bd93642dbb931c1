//! `dango db`: the database as a whole.

mod backup;
mod copy;
mod migrate;
mod restore;

use clap::Subcommand;

use crate::context::Context;
use crate::fault::Fault;

/// Bring the database up to date, copy it, put a copy back
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    Migrate(migrate::Migrate),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Copy(copy::Copy),
}

impl Db {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        match self {
            Self::Migrate(command) => command.run(cx),
            Self::Backup(command) => command.run(cx),
            Self::Restore(command) => command.run(cx),
            Self::Copy(command) => command.run(cx),
        }
    }
}
