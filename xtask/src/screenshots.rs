//! `cargo xtask screenshots`: a picture of every page, in both themes, on a phone and on a desktop.

use std::path::PathBuf;

use clap::Args;
use dango_testbase::{generated, variables};

use crate::{Failure, step};

/// Where the pictures go.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The folder; it is made if it is missing
    #[arg(default_value = "screenshots")]
    folder: PathBuf,
}

/// Runs the tests that look at every page, and lets them keep what they see.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let folder = generated::repository().join(&options.folder);
    std::fs::create_dir_all(&folder)?;
    let mut command = step::cargo(["test", "--package", "dango-browser", "--test", "it"]);
    command.env(variables::SCREENSHOTS, &folder);
    step::run(&mut command)?;
    println!("the pictures are in {}", folder.display());
    Ok(())
}
