//! What settings must keep together, and the rules of the core that are made of them.

use dango_auth_core::password::{HashParameters, PasswordRules};

use super::Settings;
use super::error::{Place, SettingError, SettingFault};
use super::origin::Origin;

impl Settings {
    /// Makes the rules of the core of settings that are right each for itself; answers what they refuse.
    pub(super) fn derive(&mut self) -> Vec<SettingError> {
        let mut faults = Vec::new();
        match PasswordRules::new(self.password.min_length, self.password.max_age_days) {
            Ok(rules) => self.password_rules = rules,
            Err(error) => faults.push(self.refused("password.min_length", &error)),
        }
        if let Some((name, message)) = self.metabase.fault() {
            faults.push(self.conflict(name, message.to_owned()));
        }
        if let Some((name, message)) = self.audit.fault() {
            faults.push(self.conflict(name, message.to_owned()));
        }
        faults
    }

    /// Makes the hash parameters, which no value set at run time changes.
    pub(super) fn derive_hashing(&mut self) -> Option<SettingError> {
        let cost = self.hashing;
        match HashParameters::checked(cost.memory_kib, cost.iterations, cost.parallelism) {
            Ok(parameters) => {
                self.hash_parameters = parameters;
                None
            }
            Err(error) => Some(self.refused("hashing.memory_kib", &error)),
        }
    }

    fn refused(&self, name: &'static str, error: &dyn std::error::Error) -> SettingError {
        self.conflict(name, format!("is refused: {error}"))
    }

    /// A fault placed where the setting comes from.
    fn conflict(&self, name: &'static str, message: String) -> SettingError {
        let place = match self.origin(name) {
            Some(Origin::File { path, line }) => Place::File {
                path: path.clone(),
                line: *line,
            },
            Some(Origin::Environment { variable }) => Place::Environment {
                variable: variable.clone(),
            },
            Some(Origin::Argument { option }) => Place::Argument {
                option: option.clone(),
            },
            Some(Origin::Runtime { .. }) => Place::Stored,
            Some(Origin::Default | Origin::Profile(_)) | None => Place::Proposed,
        };
        SettingError::new(place, SettingFault::Conflict, message).of(name)
    }
}
