//! Policy as data: what `.dango/policy.toml` adds to the roles and permissions there are.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use dango_auth_core::policy::{Policy, PolicyBuilder, PolicyError};

/// A policy file that cannot be read or does not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", .0.path.display(), .0.problem)]
pub struct PolicyFileError(Box<Refused>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Refused {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error(transparent)]
    Policy(PolicyError),
}

impl PolicyFileError {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The stable `snake_case` code of the rule that is broken.
    pub fn code(&self) -> &'static str {
        match &self.0.problem {
            Problem::Unreadable(_) => "unreadable_file",
            Problem::Policy(error) => error.code(),
        }
    }
}

/// Adds what a policy file lists to `base`.
///
/// # Errors
/// [`PolicyFileError`] with the file, the line and, where one is near, the name that was meant.
pub fn read_policy(base: Policy, path: &Path) -> Result<Policy, PolicyFileError> {
    let refused = |problem| {
        let path = path.to_owned();
        PolicyFileError(Box::new(Refused { path, problem }))
    };
    let text = fs::read_to_string(path)
        .map_err(|error| refused(Problem::Unreadable(error.to_string())))?;
    PolicyBuilder::over(base)
        .toml(&text)
        .and_then(PolicyBuilder::build)
        .map_err(|error| refused(Problem::Policy(error)))
}

/// The same for a file that need not be there; a missing one adds nothing.
pub(crate) fn read_policy_if_any(base: Policy, path: &Path) -> Result<Policy, PolicyFileError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(base),
        // SECURITY: whatever else keeps the file from being read closes the doors (contract §3.8).
        _ => read_policy(base, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn a_file_adds_to_what_is_there() {
        let (_folder, path) = written("[[roles]]\nname = 'auditor'\nincludes = ['viewer']\n");
        let policy = read_policy(Policy::builtin(), &path).unwrap();
        assert!(policy.role_named("auditor").is_some());
        assert!(policy.role_named("admin").is_some());
    }

    #[test]
    fn a_typing_error_is_told_with_file_line_and_the_name_meant() {
        let (_folder, path) = written("[[roles]]\nname = 'auditor'\nincludes = ['veiwer']\n");
        let error = read_policy_if_any(Policy::builtin(), &path).unwrap_err();
        let expected = format!(
            "{}: line 3: role \"auditor\" includes the unknown role \"veiwer\", did you mean \"viewer\"?",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.code(), "unknown_role");
    }

    #[test]
    fn a_missing_file_adds_nothing_and_an_unreadable_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("policy.toml");
        let policy = read_policy_if_any(Policy::builtin(), &missing).unwrap();
        assert_eq!(policy.roles().len(), 6);
        let error = read_policy_if_any(Policy::builtin(), folder.path()).unwrap_err();
        assert_eq!(error.code(), "unreadable_file");
    }
}
