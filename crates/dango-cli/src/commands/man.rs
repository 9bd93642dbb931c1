//! `dango man`, for those who package the program.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use crate::arguments::Arguments;
use crate::context::Context;
use crate::exit::Exit;
use crate::fault::Fault;

/// Write the manual pages into a folder
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Man {
    /// The folder, which must exist
    folder: PathBuf,
}

impl Man {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let written = clap_mangen::generate_to(Arguments::command(), &self.folder);
        written.map_err(|error| {
            let folder = self.folder.display();
            Fault::new(
                Exit::Unexpected,
                "output_failed",
                format!("cannot write manual pages to {folder}: {error}"),
            )
        })?;
        cx.output
            .done(format!("manual pages are in {}", self.folder.display()))?;
        Ok(())
    }
}
