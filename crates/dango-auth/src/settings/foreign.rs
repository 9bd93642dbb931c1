//! The section `auth:` of another installation's configuration file, to be taken over.

use std::path::Path;

use serde_json::Value;

use super::error::SettingError;
use super::key::Key;
use super::{Settings, file};

/// What another installation's file says.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    /// Settings with their values.
    pub(crate) values: Vec<(&'static Key, Value)>,
    /// Names that mean nothing here or hold a value that does not fit, each with what is wrong.
    pub(crate) unfit: Vec<(String, String)>,
}

/// Reads it; a file that does not exist says nothing.
///
/// # Errors
/// [`SettingError`] for a file that cannot be read whole.
pub(crate) fn read(path: &Path) -> Result<Foreign, SettingError> {
    let layer = file::read(path)?;
    let mut foreign = Foreign::default();
    for fault in &layer.faults {
        let name = fault.name().unwrap_or("auth").to_owned();
        foreign.unfit.push((name, fault.message().to_owned()));
    }
    for assignment in layer.assignments {
        let (key, name) = (assignment.key, assignment.name);
        // SECURITY: a secret would stand in the plan and in the audit log.
        if key.is_secret() {
            let why = "is a secret; put it where this installation keeps its own".to_owned();
            foreign.unfit.push((name, why));
            continue;
        }
        match key.apply(&mut Settings::blank(), &assignment.given) {
            Ok(value) => foreign.values.push((key, value)),
            Err(message) => foreign.unfit.push((name, message)),
        }
    }
    Ok(foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Foreign {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("project.yml");
        std::fs::write(&path, text).unwrap();
        read(&path).unwrap()
    }

    #[test]
    fn settings_are_read_under_their_own_names_and_the_rest_is_told_apart() {
        let foreign = read_text(
            "project: {name: x}\nauth:\n  enabled: true\n  password_max_age_days: 90\n  \
             lockout: {max_attempts: 0}\n  colour: red\n  metabase: {password: x}\n",
        );
        let values: Vec<_> = foreign
            .values
            .iter()
            .map(|(key, value)| (key.name(), value))
            .collect();
        assert_eq!(values, [("password.max_age_days", &serde_json::json!(90))]);
        let unfit: Vec<_> = foreign
            .unfit
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(
            unfit,
            ["colour", "lockout.max_attempts", "metabase.password"]
        );
    }

    #[test]
    fn a_missing_file_says_nothing_and_a_broken_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("project.yml");
        assert!(read(&path).unwrap().values.is_empty());
        std::fs::write(&path, "auth: {{{").unwrap();
        assert!(read(&path).is_err());
    }
}
