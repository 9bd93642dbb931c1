//! Settings changed at run time, and the switch that turns sign-in off.

use std::collections::BTreeMap;

use dango_auth_core::audit::{Act, EventName, Target};
use dango_auth_core::permission::builtin;
use dango_auth_store::ChangeTx;
use dango_auth_store::ports::{InstallationChanges as _, InstallationReads as _, StoredSetting};
use serde_json::Value;

use crate::auth::{Auth, permit, printable};
use crate::caller::Caller;
use crate::error::{Error, FieldError};
use crate::settings::{Entry, Key, SettingError, find_key, validate_runtime};
use crate::walk::{Desk, Outcome};

/// Settings and the switch.
#[derive(Clone)]
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

    /// Sets settings at run time, all or none; every process uses them from its next request on. `null` takes a
    /// run-time value back, so that file, environment or default count again.
    ///
    /// # Errors
    /// [`Error::Fields`] for each name or value that does not fit; [`Error::Denied`].
    pub fn put(&self, caller: &Caller, values: &BTreeMap<String, Value>) -> Result<(), Error> {
        let checked = check(values)?;
        self.auth.command(caller, builtin::AUTH_MANAGE, |tx, desk| {
            for (name, value) in &checked {
                if value.is_null() {
                    take_back(tx, name, &desk.act)?;
                    continue;
                }
                set(tx, desk, name, value, None)?;
            }
            Ok(())
        })
    }

    /// Takes a run-time value back, so that file, environment or default count again.
    ///
    /// # Errors
    /// [`Error::Fields`] for an unknown name, [`Error::Denied`]; [`Error::Store`].
    pub fn unset(&self, caller: &Caller, name: &str) -> Result<Outcome<()>, Error> {
        self.auth.authorise(caller, builtin::AUTH_MANAGE)?;
        let known = find_key(name);
        let name = known.map_or(name, |key| key.name());
        let act = caller.act(self.auth.now());
        // Not a `command`: that one needs settings that fit, and this is the way to get rid of one
        // that does not.
        self.auth.inner.store.change(|tx| {
            let caller = self.auth.again(tx, caller)?;
            permit(&caller, builtin::AUTH_MANAGE)?;
            let changed = take_back(tx, name, &act)?;
            if !changed && known.is_none() {
                return Err(unknown(name));
            }
            Ok(Outcome { value: (), changed })
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

/// Sets one setting at run time, which `value` must fit; `imported_from` names the system it comes from.
pub(crate) fn set(
    tx: &mut ChangeTx<'_>,
    desk: &Desk,
    name: &str,
    value: &Value,
    imported_from: Option<&str>,
) -> Result<(), Error> {
    let setting = StoredSetting {
        name: name.to_owned(),
        value: value.to_string(),
        updated_by: desk.act.actor.name().to_owned(),
        updated_at: desk.act.at,
    };
    let before = desk.settings.entry(name).map(Entry::display);
    let event = desk
        .act
        .event(EventName::SETTINGS_CHANGED, Target::system(name))
        .detail("before", before.unwrap_or_default())
        .detail("after", value.clone());
    let event = match imported_from {
        Some(system) => event.detail("imported_from", system),
        None => event,
    };
    tx.put_setting(&setting, event)?;
    Ok(())
}

/// Removes a value set at run time; answers whether there was one.
fn take_back(tx: &mut ChangeTx<'_>, name: &str, act: &Act) -> Result<bool, Error> {
    let stored = tx.stored_settings()?;
    let Some(before) = stored.iter().find(|setting| setting.name == name) else {
        return Ok(false);
    };
    let event = act
        .event(EventName::SETTINGS_CHANGED, Target::system(name))
        .detail("before", before.value.as_str())
        .detail("after", Value::Null);
    tx.remove_setting(name, event)?;
    Ok(true)
}

fn unknown(name: &str) -> Error {
    let name = printable(name);
    let text = format!("there is no setting {name}");
    Error::field(name, "unknown_setting", text)
}

/// The value to store; `null` for one to take back.
fn wanted(name: &str, value: &Value) -> Result<Value, SettingError> {
    if value.is_null() && find_key(name).is_some_and(Key::is_runtime) {
        return Ok(Value::Null);
    }
    validate_runtime(name, value)
}

/// The values by the settings' own names; an alias means the same setting.
fn check(values: &BTreeMap<String, Value>) -> Result<BTreeMap<String, Value>, Error> {
    let mut checked = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, value) in values {
        let own_name = find_key(name).map_or(name.as_str(), |key| key.name());
        match wanted(name, value) {
            Ok(_) if checked.contains_key(own_name) => {
                let text = format!("{own_name} is given twice");
                faults.push(FieldError::new(name, "duplicate_setting", text));
            }
            Ok(value) => {
                checked.insert(own_name.to_owned(), value);
            }
            Err(error) => {
                let text = error.to_string();
                faults.push(FieldError::new(printable(name), error.code(), text));
            }
        }
    }
    if faults.is_empty() {
        Ok(checked)
    } else {
        Err(Error::Fields(faults))
    }
}
