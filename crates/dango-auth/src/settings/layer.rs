//! What one layer says, each piece resolved to its setting.

use super::error::{Place, SettingError, SettingFault};
use super::given::Given;
use super::key::{Key, variable};
use super::names::{self, Meaning};

/// A value for a setting and where it stands.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) key: &'static Key,
    pub(super) name: String,
    pub(super) given: Given,
    pub(super) place: Place,
}

/// The assignments, faults and warnings of one layer.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) assignments: Vec<Assignment>,
    pub(super) faults: Vec<SettingError>,
    pub(super) warnings: Vec<String>,
}

impl Layer {
    /// Takes a value under the name somebody wrote; unknown and repeated names become faults.
    pub(super) fn give(&mut self, place: Place, name: &str, given: Given) {
        match names::meaning(name) {
            Meaning::Setting(key) => self.assign(place, key, name, given),
            Meaning::Ignored(why) => {
                let first = name.split('.').next().unwrap_or(name);
                self.warn(&SettingError::new(place, SettingFault::Unknown, why).of(first));
            }
            Meaning::Group if given == Given::Nothing => {}
            Meaning::Group => {
                let message = format!(
                    "is a group of settings ({}), not a single value",
                    names::members(name)
                );
                self.refuse(place, SettingFault::Invalid, name, message);
            }
            Meaning::Unknown => {
                let suggestion = match place {
                    Place::Environment { .. } => {
                        names::suggestion(name).map(|name| variable(&name))
                    }
                    _ => names::suggestion(name),
                };
                let fault = SettingError::new(place, SettingFault::Unknown, "is not a setting");
                self.faults.push(fault.of(name).suggesting(suggestion));
            }
        }
    }

    pub(super) fn refuse(
        &mut self,
        place: Place,
        fault: SettingFault,
        name: &str,
        message: impl Into<String>,
    ) {
        self.faults
            .push(SettingError::new(place, fault, message).of(name));
    }

    /// Keeps a warning once, worded like an error.
    pub(super) fn warn(&mut self, warning: &SettingError) {
        let text = warning.to_string();
        if !self.warnings.contains(&text) {
            self.warnings.push(text);
        }
    }

    fn assign(&mut self, place: Place, key: &'static Key, name: &str, given: Given) {
        let before = self
            .assignments
            .iter()
            .find(|earlier| std::ptr::eq(earlier.key, key));
        let Some(before) = before else {
            self.assignments.push(Assignment {
                key,
                name: name.to_owned(),
                given,
                place,
            });
            return;
        };
        let earlier = match &before.place {
            Place::File { line, .. } => format!("auth.{} on line {line}", before.name),
            Place::Environment { variable } => variable.clone(),
            Place::Argument { option } => option.clone(),
            Place::Stored | Place::Proposed => before.name.clone(),
        };
        self.refuse(
            place,
            SettingFault::Duplicate,
            name,
            format!("is given twice, before as {earlier}"),
        );
    }
}
