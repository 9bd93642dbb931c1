//! `dango remote add`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::key::KeySource;
use crate::context::Context;
use crate::door::authorities;
use crate::fault::{Fault, FieldFault};
use crate::remotes::{Remotes, Target, address};
use crate::show::RemoteObject;

/// Store a server and an API key for it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dango remote add prod https://dango.example.org
  DANGO_REMOTE_KEY_FILE=/run/secrets/key dango remote add prod https://dango.example.org --ca-file ca.pem

The key is kept in $XDG_CONFIG_HOME/dango/remotes.json, else ~/.config/dango/remotes.json, which only you can read. The server is not asked; remote login is.")]
pub(crate) struct Add {
    /// What to call it here: 1-64 letters, digits, dots, _ and -
    name: String,
    /// Its address; https, or http to this very machine
    url: String,
    /// Trust certificates of this authority too (PEM)
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    #[command(flatten)]
    key: KeySource,
}

impl Add {
    pub(crate) fn run(self, cx: &mut Context) -> Result<(), Fault> {
        let mut remotes = Remotes::load()?;
        let url = address(&self.url)?;
        let ca_file = self.ca_file.as_deref().map(usable).transpose()?;
        let target = Target {
            key: self.key.key(cx)?,
            name: self.name,
            url,
            ca_file,
        };
        remotes.put(&target, false)?;
        let sentence = format!(
            "{} is stored; try dango remote auth list-users",
            target.name
        );
        cx.report(&RemoteObject::from(&target), &sentence)
    }
}

/// The file by its full path, once it is seen to hold certificates.
fn usable(file: &Path) -> Result<PathBuf, Fault> {
    authorities(file)?;
    std::fs::canonicalize(file).map_err(|error| {
        let message = format!("{}: {error}", file.display());
        let error = FieldFault {
            field: "ca_file".to_owned(),
            code: "unreadable".to_owned(),
            message: message.clone(),
        };
        Fault::invalid("invalid_request", message).with_errors(vec![error])
    })
}
