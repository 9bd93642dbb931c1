//! A copy of the process's `DANGO_…` variables, the only door to the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use dango_auth_core::Secret;
use zeroize::Zeroizing;

/// Every variable this project reads starts so.
const PREFIX: &str = "DANGO_";
/// A secret may stand in a file that the variable of this ending names.
const FILE_SUFFIX: &str = "_FILE";
/// The longest secret file that is read, in bytes.
const SECRET_FILE_LIMIT: u64 = 64 * 1024;

/// The `DANGO_…` variables, taken once so that a run sees one consistent state.
///
/// A variable that is set but empty counts as not set, because that is how composed deployments pass "nothing".
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
}

impl Environment {
    /// Takes the variables of this process.
    pub fn of_process() -> Self {
        let named = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value));
        let ours = |(name, _): &(String, OsString)| name.starts_with(PREFIX);
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place that reads the environment"
        )]
        let all = std::env::vars_os();
        Self {
            variables: all.filter_map(named).filter(ours).collect(),
        }
    }

    /// Takes the given variables instead of the process's, for tests and embedders.
    pub fn of_pairs<N: Into<String>, V: Into<OsString>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self { variables }
    }

    /// The names that start with `prefix` and are not empty, in alphabetical order.
    pub fn names<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let given = self.variables.iter().filter(|(_, value)| !value.is_empty());
        given
            .map(|(name, _)| name.as_str())
            .filter(move |name| name.starts_with(prefix))
    }

    /// The text of a variable, or nothing when it is not set or empty.
    ///
    /// # Errors
    ///
    /// [`EnvironmentFault::NotText`] when the value is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<&str>, EnvironmentError> {
        match self.variables.get(name) {
            None => Ok(None),
            Some(value) if value.is_empty() => Ok(None),
            Some(value) => match value.to_str() {
                Some(text) => Ok(Some(text)),
                None => Err(EnvironmentError::new(name, EnvironmentFault::NotText)),
            },
        }
    }

    /// The secret in the variable `name`, or in the file that `name_FILE` points to (a closing line break is cut off).
    ///
    /// # Errors
    ///
    /// [`EnvironmentError`] when both are set, the value is not text, or the file cannot be read or is empty.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>, EnvironmentError> {
        let by_file = format!("{name}{FILE_SUFFIX}");
        match (self.text(name)?, self.text(&by_file)?) {
            (Some(_), Some(_)) => Err(EnvironmentError::new(name, EnvironmentFault::Both(by_file))),
            (Some(value), None) => Ok(Some(Secret::from(value))),
            (None, Some(path)) => secret_file(&by_file, Path::new(path)).map(Some),
            (None, None) => Ok(None),
        }
    }
}

impl fmt::Debug for Environment {
    /// Shows the names alone, values may be secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(self.variables.keys())
            .finish()
    }
}

fn secret_file(variable: &str, path: &Path) -> Result<Secret, EnvironmentError> {
    let unreadable = |cause: String| {
        EnvironmentError::new(
            variable,
            EnvironmentFault::File {
                path: path.to_owned(),
                cause,
            },
        )
    };
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let read = file.take(SECRET_FILE_LIMIT + 1).read_to_string(&mut text);
    read.map_err(|error| unreadable(error.to_string()))?;
    let secret = text.strip_suffix('\n').map_or(text.as_str(), |line| {
        line.strip_suffix('\r').unwrap_or(line)
    });
    if secret.is_empty() {
        return Err(unreadable("the file is empty".to_owned()));
    }
    if text.len() as u64 > SECRET_FILE_LIMIT {
        return Err(unreadable("the file is longer than 64 KiB".to_owned()));
    }
    Ok(Secret::from(secret))
}

/// A variable that cannot be used; the messages never hold its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {variable}: {fault}")]
pub struct EnvironmentError {
    variable: String,
    fault: EnvironmentFault,
}

impl EnvironmentError {
    fn new(variable: &str, fault: EnvironmentFault) -> Self {
        Self {
            variable: variable.to_owned(),
            fault,
        }
    }

    /// The variable's name.
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// What is wrong with it.
    pub fn fault(&self) -> &EnvironmentFault {
        &self.fault
    }
}

/// What is wrong with a variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentFault {
    /// The value is not valid UTF-8.
    #[error("not valid UTF-8 text")]
    NotText,
    /// The secret is given directly and by file.
    #[error("the same secret is given by {0}; keep one of the two")]
    Both(String),
    /// The file named by a `…_FILE` variable cannot be used.
    #[error("cannot read {}: {cause}", path.display())]
    File {
        /// The file it names.
        path: PathBuf,
        /// What went wrong.
        cause: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, content).unwrap();
        let path = path.to_str().unwrap().to_owned();
        (folder, path)
    }

    #[test]
    fn a_secret_is_read_from_the_variable_or_from_its_file() {
        let direct = Environment::of_pairs([("DANGO_X", "s3cret")]);
        assert_eq!(
            direct.secret("DANGO_X").unwrap().unwrap().expose(),
            "s3cret"
        );
        let (_folder, path) = file(" s3cret \r\n");
        let by_file = Environment::of_pairs([("DANGO_X_FILE", path)]);
        assert_eq!(
            by_file.secret("DANGO_X").unwrap().unwrap().expose(),
            " s3cret "
        );
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let empty = Environment::of_pairs([("DANGO_X", "")]);
        assert!(empty.secret("DANGO_X").unwrap().is_none());
        assert_eq!(empty.names("DANGO_").count(), 0);
    }

    #[test]
    fn a_secret_given_twice_is_refused() {
        let both = Environment::of_pairs([("DANGO_X", "a"), ("DANGO_X_FILE", "/nowhere")]);
        let error = both.secret("DANGO_X").unwrap_err().to_string();
        assert_eq!(
            error,
            "environment variable DANGO_X: the same secret is given by DANGO_X_FILE; keep one of the two"
        );
    }

    #[test]
    fn a_missing_or_empty_secret_file_is_refused_with_the_variable_named() {
        let missing = Environment::of_pairs([("DANGO_X_FILE", "/nowhere/at/all")]);
        let error = missing.secret("DANGO_X").unwrap_err().to_string();
        assert!(
            error.starts_with("environment variable DANGO_X_FILE: cannot read /nowhere/at/all: "),
            "{error}"
        );
        let (_folder, path) = file("\n");
        let empty = Environment::of_pairs([("DANGO_X_FILE", path)]);
        assert!(
            empty
                .secret("DANGO_X")
                .unwrap_err()
                .to_string()
                .ends_with("the file is empty")
        );
    }

    #[test]
    fn debug_output_shows_names_and_no_values() {
        let environment = Environment::of_pairs([("DANGO_X", "s3cret")]);
        assert_eq!(format!("{environment:?}"), "{\"DANGO_X\"}");
    }
}
