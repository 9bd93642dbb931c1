//! Why a project or its key cannot be used.

use std::io;
use std::path::Path;

/// What kind of trouble it is, for exit codes and statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProjectErrorKind {
    /// There is no project here.
    NotFound,
    /// A file or folder cannot be read or made.
    Unavailable,
    /// A file or folder is open to other users, a symbolic link, or somebody else's.
    Insecure,
    /// The database is not there although the key says that it was.
    DatabaseMissing,
    /// The master key is not there although it must be.
    KeyMissing,
    /// What should be the master key is none.
    KeyGarbled,
}

/// A project or its key cannot be used; the text says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ProjectError {
    kind: ProjectErrorKind,
    message: String,
}

impl ProjectError {
    /// The stable kind.
    pub fn kind(&self) -> ProjectErrorKind {
        self.kind
    }

    pub(super) fn new(kind: ProjectErrorKind, message: String) -> Self {
        Self { kind, message }
    }

    pub(super) fn no_project(start: &Path, above: &str) -> Self {
        let place = if above.is_empty() {
            String::new()
        } else {
            format!(" {above}")
        };
        let message = format!(
            "no .dango folder in {}{place}; run `dango init` there first",
            start.display()
        );
        Self::new(ProjectErrorKind::NotFound, message)
    }

    pub(super) fn io(verb: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(
            ProjectErrorKind::Unavailable,
            format!("cannot {verb} {}: {error}", path.display()),
        )
    }

    pub(super) fn insecure(path: &Path, problem: &str) -> Self {
        Self::new(
            ProjectErrorKind::Insecure,
            format!("{} {problem}", path.display()),
        )
    }

    pub(super) fn open_to_others(path: &Path, mode: u32, wanted: &str) -> Self {
        let mode = mode & 0o7777;
        let fix = format!(
            "is open to other users (mode {mode:04o}); run: chmod {wanted} '{}'",
            path.display()
        );
        Self::insecure(path, &fix)
    }
}
