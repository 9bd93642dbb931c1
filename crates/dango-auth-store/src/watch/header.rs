//! The head of SQLite's index of its write-ahead log, which every commit rewrites
//! (<https://sqlite.org/walformat.html>, "The WAL-Index Header").
//!
//! The index is the `-shm` file beside the database. Its first 96 bytes are two copies of a header with a
//! counter of commits and a checksum of the log; reads and checkpoints leave them alone. The layout is
//! documented but SQLite's own business, so a self-test decides whether it is used.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::detector::Detector;
use super::{Detection, Trouble};
use crate::StoreError;
use crate::link::Link;
use crate::store::Store;

const SIZE: usize = 96;

/// Index files that were opened, by device and inode.
///
/// INVARIANT: none is ever closed. Closing any descriptor of a file gives up all locks the process holds
/// on it (POSIX `fcntl`), SQLite's own among them.
static OPENED: Mutex<Vec<(u64, u64, Arc<File>)>> = Mutex::new(Vec::new());

fn opened(path: &Path) -> io::Result<Arc<File>> {
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    let place = fs::metadata(path)?;
    let (device, inode) = (place.dev(), place.ino());
    let known = opened.iter().find(|(d, i, _)| (*d, *i) == (device, inode));
    if let Some((.., file)) = known {
        return Ok(Arc::clone(file));
    }
    let file = Arc::new(File::open(path)?);
    let found = file.metadata()?;
    opened.push((found.dev(), found.ino(), Arc::clone(&file)));
    if (found.dev(), found.ino()) == (device, inode) {
        Ok(file)
    } else {
        Err(io::Error::other("the index was replaced"))
    }
}

/// Compares the head with what it was.
pub(super) struct Header {
    file: Arc<File>,
    last: Option<[u8; SIZE]>,
}

impl Header {
    /// The head of the index beside the database at `path`, if the self-test trusts it.
    ///
    /// A connection to the database must be open and have read, so that the index is there and stays.
    pub(super) fn proven(path: &Path, store: &Store) -> Option<Self> {
        let mut header = Self::beside(path).ok()?;
        let trusted = store.header_test().get_or_init(|| {
            let outcome = header.prove(|| store.change(|_| Ok(())));
            if let Err(error) = &outcome {
                tracing::info!(%error, "commits are noticed by data_version");
            }
            outcome.is_ok()
        });
        trusted.then_some(Self {
            last: None,
            ..header
        })
    }

    fn beside(path: &Path) -> io::Result<Self> {
        let mut index = fs::canonicalize(path)?.into_os_string();
        index.push("-shm");
        Ok(Self {
            file: opened(&PathBuf::from(index))?,
            last: None,
        })
    }

    fn bytes(&self) -> io::Result<[u8; SIZE]> {
        let mut bytes = [0; SIZE];
        self.file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }

    /// The self-test: a commit moves the head, reading does not.
    fn prove(&mut self, commit: impl Fn() -> Result<(), StoreError>) -> io::Result<()> {
        let refused = |text| Err(io::Error::new(ErrorKind::InvalidData, text));
        let before = self.bytes()?;
        commit().map_err(|error| io::Error::other(error.to_string()))?;
        let after = self.bytes()?;
        let (first, second) = after.split_at(SIZE / 2);
        if before == after {
            return refused("a commit does not show in the index of the log");
        }
        if first != second && self.bytes()? == after {
            return refused("the index of the log has another layout");
        }
        Ok(())
    }
}

impl Detector for Header {
    fn has_moved(&mut self, _: &mut Link) -> Result<bool, Trouble> {
        let now = self.bytes()?;
        let moved = self.last.as_ref() != Some(&now);
        if moved {
            self.last = Some(now);
        }
        Ok(moved)
    }

    fn kind(&self) -> Detection {
        Detection::Header
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn header(file: &tempfile::NamedTempFile) -> Header {
        Header {
            file: opened(file.path()).unwrap(),
            last: None,
        }
    }

    fn written(byte: u8) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[byte; SIZE]).unwrap();
        file
    }

    #[test]
    fn an_index_that_a_commit_leaves_alone_is_not_trusted() {
        let file = written(1);
        let error = header(&file).prove(|| Ok(())).unwrap_err();
        assert!(error.to_string().contains("does not show"), "{error}");
    }

    #[test]
    fn an_index_of_another_layout_is_not_trusted() {
        let file = written(1);
        let odd = || {
            file.as_file().write_all_at(&[7], 3).unwrap();
            Ok(())
        };
        let error = header(&file).prove(odd).unwrap_err();
        assert!(error.to_string().contains("layout"), "{error}");
    }

    #[test]
    fn a_commit_that_fails_proves_nothing() {
        let file = written(1);
        let fails = || Err(StoreError::ReadOnly);
        assert!(header(&file).prove(fails).is_err());
    }

    #[test]
    fn one_file_is_opened_once() {
        let file = written(1);
        let (first, second) = (opened(file.path()).unwrap(), opened(file.path()).unwrap());
        assert!(Arc::ptr_eq(&first, &second));
    }
}
