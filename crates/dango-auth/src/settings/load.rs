//! From the layers to [`Settings`].

use std::path::PathBuf;

use serde_json::Value;

use super::entry::Entry;
use super::error::{Place, SettingError, SettingFault, SettingsError};
use super::given::Given;
use super::key::{Key, Preset};
use super::keys::KEYS;
use super::layer::{Assignment, Layer};
use super::origin::Origin;
use super::{Profile, Settings, file, variables};
use crate::environment::Environment;

/// The layers to read settings from, apart from what is built in.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    file: Option<PathBuf>,
    environment: Environment,
    arguments: Vec<(String, String, String)>,
}

impl Sources {
    /// Starts from the environment alone.
    pub fn new(environment: Environment) -> Self {
        Self {
            file: None,
            environment,
            arguments: Vec::new(),
        }
    }

    /// Adds the configuration file; it need not exist.
    #[must_use]
    pub fn with_file(self, path: impl Into<PathBuf>) -> Self {
        Self {
            file: Some(path.into()),
            ..self
        }
    }

    /// Adds the value of an option on the command line, such as `--database-url` for `database_url`.
    #[must_use]
    pub fn with_argument(mut self, option: &str, name: &str, value: &str) -> Self {
        self.arguments
            .push((option.to_owned(), name.to_owned(), value.to_owned()));
        self
    }

    fn layers(&self) -> Result<[Layer; 3], SettingError> {
        let file = self
            .file
            .as_deref()
            .map(file::read)
            .transpose()?
            .unwrap_or_default();
        let mut arguments = Layer::default();
        for (option, name, value) in &self.arguments {
            arguments.give(
                Place::Argument {
                    option: option.clone(),
                },
                name,
                Given::plain(value),
            );
        }
        Ok([file, variables::read(&self.environment), arguments])
    }
}

impl Settings {
    /// Reads and checks all layers but the values set at run time, see [`Settings::with_runtime`].
    ///
    /// # Errors
    ///
    /// Every fault that was found, each with its place and setting (contract §6).
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        let layers = sources.layers()?;
        let assignments = || layers.iter().flat_map(|layer| &layer.assignments);
        let mut faults: Vec<_> = layers
            .iter()
            .flat_map(|layer| layer.faults.iter().cloned())
            .collect();
        let mut settings = Self::built_in(chosen_profile(assignments()), &mut faults);
        settings.warnings = layers
            .iter()
            .flat_map(|layer| layer.warnings.iter().cloned())
            .collect();
        for assignment in assignments() {
            settings.assign(assignment, &mut faults);
        }
        settings.finish_all(faults)
    }

    /// The built-in values of a profile, for tests and embedders.
    ///
    /// # Errors
    ///
    /// None with the table of settings as it is.
    pub fn of_profile(profile: Profile) -> Result<Self, SettingsError> {
        let mut faults = Vec::new();
        let settings = Self::built_in(profile, &mut faults);
        settings.finish_all(faults)
    }

    fn built_in(profile: Profile, faults: &mut Vec<SettingError>) -> Self {
        let mut settings = Self::blank();
        for key in KEYS {
            let value = match key.preset(profile) {
                None => Ok(Value::Null),
                Some(text) => key.apply(&mut settings, &Given::plain(text)),
            };
            match value {
                Ok(value) => settings.entries.push(Entry {
                    key,
                    value,
                    origin: preset_origin(key, profile),
                }),
                Err(message) => faults.push(
                    SettingError::new(Place::Proposed, SettingFault::Invalid, message).of(key.name),
                ),
            }
        }
        settings
    }

    fn assign(&mut self, assignment: &Assignment, faults: &mut Vec<SettingError>) {
        let Assignment {
            key,
            name,
            given,
            place,
        } = assignment;
        match key.apply(self, given) {
            Ok(value) => self.record(key, value, Origin::from(place)),
            Err(message) => faults
                .push(SettingError::new(place.clone(), SettingFault::Invalid, message).of(name)),
        }
    }

    pub(super) fn record(&mut self, key: &'static Key, value: Value, origin: Origin) {
        if let Some(entry) = self
            .entries
            .iter_mut()
            .find(|entry| std::ptr::eq(entry.key, key))
        {
            entry.value = value;
            entry.origin = origin;
        }
    }

    /// Checks what settings say together, when each for itself is right.
    pub(super) fn finish(mut self, mut faults: Vec<SettingError>) -> Result<Self, SettingsError> {
        if faults.is_empty() {
            faults = self.derive();
        }
        SettingsError::check(faults, self)
    }

    /// As [`Settings::finish`], for settings that were read from the start.
    fn finish_all(mut self, mut faults: Vec<SettingError>) -> Result<Self, SettingsError> {
        if faults.is_empty() {
            faults.extend(self.derive_hashing());
        }
        self.finish(faults)
    }
}

/// The profile of the last layer that names one; a bad one is reported when it is applied.
fn chosen_profile<'a>(assignments: impl Iterator<Item = &'a Assignment>) -> Profile {
    let named = assignments
        .filter(|assignment| assignment.key.name == "profile")
        .last();
    let read = |assignment: &Assignment| Profile::parse(assignment.given.text().ok()?);
    named.and_then(read).unwrap_or(Profile::Local)
}

fn preset_origin(key: &Key, profile: Profile) -> Origin {
    match (key.preset, profile) {
        (Preset::ByProfile { .. }, Profile::Cloud) => Origin::Profile(profile),
        _ => Origin::Default,
    }
}

impl From<&Place> for Origin {
    fn from(place: &Place) -> Self {
        match place {
            Place::File { path, line } => Self::File {
                path: path.clone(),
                line: *line,
            },
            Place::Environment { variable } => Self::Environment {
                variable: variable.clone(),
            },
            Place::Argument { option } => Self::Argument {
                option: option.clone(),
            },
            Place::Stored | Place::Proposed => Self::Default,
        }
    }
}
