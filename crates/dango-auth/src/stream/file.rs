//! A file with one event per line, which another program may move away at any time (logrotate).

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::{Parcel, Refused, Sink};

/// The file, opened when it is needed.
pub(super) struct Lines {
    path: PathBuf,
    open: Option<File>,
}

impl Lines {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, open: None }
    }

    /// The file that has the name now.
    fn file(&mut self) -> std::io::Result<&mut File> {
        let here = fs::metadata(&self.path)
            .ok()
            .map(|found| (found.dev(), found.ino()));
        let opened = self.open.as_ref().and_then(|file| file.metadata().ok());
        if here.is_none() || here != opened.map(|found| (found.dev(), found.ino())) {
            self.open = None;
        }
        match &mut self.open {
            Some(file) => Ok(file),
            empty => {
                let mut options = OpenOptions::new();
                let file = options
                    .create(true)
                    .append(true)
                    .mode(0o600)
                    .open(&self.path)?;
                Ok(empty.insert(file))
            }
        }
    }
}

impl Sink for Lines {
    fn send(&mut self, parcels: &[Parcel], _: DateTime<Utc>) -> Result<(), Refused> {
        let lines: String = parcels
            .iter()
            .flat_map(|parcel| [&parcel.json, "\n"])
            .collect();
        let shown = self.path.display().to_string();
        let failed = |error: std::io::Error| Refused(format!("{shown}: {error}"));
        let file = self.file().map_err(failed)?;
        file.write_all(lines.as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|error| Refused(format!("{shown}: {error}")))
    }
}
