//! The layer of values that administrators set at run time and the database keeps.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Settings;
use super::error::{Place, SettingError, SettingFault, SettingsError};
use super::given::Given;
use super::key::{Key, variable};
use super::names::{self, Meaning};
use super::origin::Origin;

/// A value that was set at run time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeValue {
    /// The value, as [`validate_runtime`] gave it back.
    pub value: Value,
    /// The login name of who set it.
    pub by: String,
    /// When it was set.
    pub at: DateTime<Utc>,
}

impl Settings {
    /// These settings with the values set at run time over them.
    ///
    /// Call it on the settings as [`Settings::load`] gave them: a value that is no longer among `values` falls back to
    /// what stands below it.
    ///
    /// # Errors
    ///
    /// Every stored value that is unknown, not changeable at run time or does not fit.
    pub fn with_runtime(
        &self,
        values: &BTreeMap<String, RuntimeValue>,
    ) -> Result<Self, SettingsError> {
        let mut settings = self.clone();
        let mut faults = Vec::new();
        for (name, RuntimeValue { value, by, at }) in values {
            match take(&mut settings, &Place::Stored, name, &Given::of_json(value)) {
                Ok((key, value)) => settings.record(
                    key,
                    value,
                    Origin::Runtime {
                        by: by.clone(),
                        at: *at,
                    },
                ),
                Err(fault) => faults.push(fault),
            }
        }
        settings.finish(faults)
    }
}

/// Checks a value that somebody wants to set at run time and gives it back as it is to be stored.
///
/// # Errors
///
/// [`SettingError`] when the name is unknown (with a suggestion) or not changeable at run time, or the value does not
/// fit.
pub fn validate_runtime(name: &str, value: &Value) -> Result<Value, SettingError> {
    proposed(name, &Given::of_json(value))
}

/// As [`validate_runtime`], for a value typed on the command line.
///
/// # Errors
///
/// As [`validate_runtime`].
pub fn validate_runtime_text(name: &str, text: &str) -> Result<Value, SettingError> {
    proposed(name, &Given::plain(text))
}

fn proposed(name: &str, given: &Given) -> Result<Value, SettingError> {
    take(&mut Settings::blank(), &Place::Proposed, name, given).map(|(_, value)| value)
}

fn take(
    settings: &mut Settings,
    place: &Place,
    name: &str,
    given: &Given,
) -> Result<(&'static Key, Value), SettingError> {
    let refused =
        |fault, message: String| SettingError::new(place.clone(), fault, message).of(name);
    let key = match names::meaning(name) {
        Meaning::Setting(key) => key,
        Meaning::Ignored(why) => return Err(refused(SettingFault::Fixed, why.to_owned())),
        Meaning::Group => {
            let message = format!(
                "is a group of settings ({}), not a single one",
                names::members(name)
            );
            return Err(refused(SettingFault::Unknown, message));
        }
        Meaning::Unknown => {
            let fault = refused(SettingFault::Unknown, "is not a setting".to_owned());
            return Err(fault.suggesting(names::suggestion(name)));
        }
    };
    if !key.is_runtime() {
        let variable = variable(key.name);
        let message =
            format!("cannot be changed at run time; set it in .dango/project.yml or as {variable}");
        return Err(refused(SettingFault::Fixed, message));
    }
    match key.apply(settings, given) {
        Ok(value) => Ok((key, value)),
        Err(message) => Err(refused(SettingFault::Invalid, message)),
    }
}
