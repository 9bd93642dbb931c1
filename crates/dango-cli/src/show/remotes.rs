//! Servers managed from here.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use crate::output::{Output, Show, Table};
use crate::remotes::Target;

/// A stored server, without its key.
#[derive(Debug, Serialize)]
pub(crate) struct RemoteObject {
    /// What it is called here.
    name: String,
    /// Where it is.
    url: String,
    /// The first characters of the key.
    key_prefix: String,
    /// A certificate authority to trust besides the system's.
    ca_file: Option<PathBuf>,
}

impl From<&Target> for RemoteObject {
    fn from(target: &Target) -> Self {
        Self {
            name: target.name.clone(),
            url: target.url.to_string(),
            key_prefix: target.key_prefix(),
            ca_file: target.ca_file.clone(),
        }
    }
}

impl Show for Vec<RemoteObject> {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        if self.is_empty() {
            return output.note("no servers are stored; dango remote add NAME URL stores one");
        }
        let mut table = Table::new(["Name", "Address", "Key", "Authority"]);
        for remote in self {
            let file = remote.ca_file.as_ref();
            let file = file
                .map(|file| file.display().to_string())
                .unwrap_or_default();
            table.row([
                remote.name.as_str().into(),
                remote.url.as_str().into(),
                remote.key_prefix.as_str().into(),
                file.into(),
            ]);
        }
        output.table(&table)
    }
}
