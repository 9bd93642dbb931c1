//! Settings changed at run time, and the switch that turns sign-in off.

use std::collections::BTreeMap;

use dango_auth_core::audit::{EventName, Target};
use dango_auth_core::permission::builtin;
use dango_auth_store::ports::{InstallationChanges as _, InstallationReads as _, StoredSetting};
use serde_json::Value;

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::{Error, FieldError};
use crate::settings::{Entry, validate_runtime};
use crate::walk::Outcome;

/// Settings and the switch.
#[derive(Clone, Copy)]
pub struct Configuration<'a> {
    auth: &'a Auth,
}

impl<'a> Configuration<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Every setting with its value and where the value comes from; secrets show as `***`.
    ///
    /// # Errors
    /// [`Error::Denied`] without `auth.manage`; [`Error::Store`].
    pub fn show(&self, caller: &Caller) -> Result<Vec<Entry>, Error> {
        self.auth.authorise(caller, builtin::AUTH_MANAGE)?;
        Ok(self.auth.settings()?.entries().to_vec())
    }

    /// Sets settings at run time, all or none; every process uses them from its next request on.
    ///
    /// # Errors
    /// [`Error::Fields`] for each name or value that does not fit; [`Error::Denied`].
    pub fn put(&self, caller: &Caller, values: &BTreeMap<String, Value>) -> Result<(), Error> {
        let checked = check(values)?;
        self.auth.command(caller, builtin::AUTH_MANAGE, |tx, desk| {
            for (name, value) in &checked {
                let setting = StoredSetting {
                    name: name.clone(),
                    value: value.to_string(),
                    updated_by: desk.act.actor.name().to_owned(),
                    updated_at: desk.act.at,
                };
                let before = desk
                    .settings
                    .entry(name)
                    .map(Entry::display)
                    .unwrap_or_default();
                let event = desk
                    .act
                    .event(EventName::SETTINGS_CHANGED, Target::system(name.as_str()))
                    .detail("before", before)
                    .detail("after", value.clone());
                tx.put_setting(&setting, event)?;
            }
            Ok(())
        })
    }

    /// Takes a run-time value back, so that file, environment or default count again.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Store`].
    pub fn unset(&self, caller: &Caller, name: &str) -> Result<Outcome<()>, Error> {
        if crate::settings::find_key(name).is_none() {
            let text = format!("there is no setting {}", crate::auth::printable(name));
            return Err(Error::field(
                crate::auth::printable(name),
                "unknown_setting",
                text,
            ));
        }
        self.auth.command(caller, builtin::AUTH_MANAGE, |tx, desk| {
            let set = tx
                .stored_settings()?
                .iter()
                .any(|setting| setting.name == name);
            if set {
                let event = desk
                    .act
                    .event(EventName::SETTINGS_CHANGED, Target::system(name))
                    .detail("after", Value::Null);
                tx.remove_setting(name, event)?;
            }
            Ok(Outcome {
                value: (),
                changed: set,
            })
        })
    }

    /// Switches sign-in on or off.
    ///
    /// Switching it off opens every endpoint to everybody, so only somebody with access to the
    /// machine's files can (contract §3.10).
    ///
    /// # Errors
    /// [`Error::LocalOnly`] for anybody else; [`Error::Store`].
    pub fn switch(&self, caller: &Caller, on: bool) -> Result<Outcome<()>, Error> {
        if !caller.is_system() || !crate::auth::is_local(caller) {
            return Err(Error::LocalOnly);
        }
        let name = if on {
            EventName::AUTH_ENABLED
        } else {
            EventName::AUTH_DISABLED
        };
        self.auth.command(caller, builtin::AUTH_MANAGE, |tx, desk| {
            let changed = tx.installation()?.auth_disabled == on;
            if changed {
                let event = desk.act.event(name.clone(), Target::system("auth"));
                tx.set_auth_disabled(!on, event)?;
            }
            Ok(Outcome { value: (), changed })
        })
    }
}

fn check(values: &BTreeMap<String, Value>) -> Result<BTreeMap<String, Value>, Error> {
    let mut checked = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, value) in values {
        match validate_runtime(name, value) {
            Ok(value) => {
                checked.insert(name.clone(), value);
            }
            Err(error) => {
                let field = crate::auth::printable(name);
                faults.push(FieldError::new(field, error.code(), error.to_string()));
            }
        }
    }
    if faults.is_empty() {
        Ok(checked)
    } else {
        Err(Error::Fields(faults))
    }
}
