//! The layer of the environment.

use crate::environment::{Environment, EnvironmentError};

use super::error::{Place, SettingError, SettingFault};
use super::given::Given;
use super::key::Key;
use super::keys::KEYS;
use super::layer::Layer;
use super::names;

/// The start of a systematic name; two underscores nest.
const PREFIX: &str = "DANGO_AUTH__";
/// What the systematic names are often mistyped as.
const NEAR_PREFIX: &str = "DANGO_AUTH_";

/// Reads the layer from the systematic variables and from the short names some settings have.
pub(super) fn read(environment: &Environment) -> Layer {
    let mut layer = Layer::default();
    for variable in environment.names(PREFIX) {
        systematic(environment, variable, &mut layer);
    }
    for key in KEYS {
        for variable in key.variables {
            take(environment, variable, key, &mut layer);
        }
    }
    for variable in environment
        .names(NEAR_PREFIX)
        .filter(|name| !name.starts_with(PREFIX))
    {
        let message = "is not read: settings start with DANGO_AUTH__, two underscores";
        layer.warn(&SettingError::new(
            at(variable),
            SettingFault::Unknown,
            message,
        ));
    }
    layer
}

fn systematic(environment: &Environment, variable: &str, layer: &mut Layer) {
    let name = |variable: &str| {
        variable
            .trim_start_matches(PREFIX)
            .to_ascii_lowercase()
            .replace("__", ".")
    };
    let full = name(variable);
    if let Some(key) = names::setting(&full) {
        return take(environment, variable, key, layer);
    }
    let base = variable.strip_suffix("_FILE");
    match base.and_then(|base| Some((base, names::setting(&name(base))?))) {
        // The variable itself is set too: that one reports the clash.
        Some((base, key))
            if key.is_secret() && environment.names(base).any(|name| name == base) => {}
        Some((base, key)) if key.is_secret() => take(environment, base, key, layer),
        Some((base, _)) => {
            let message = format!(
                "names a file, but only secrets are read from files; set {base} to the value itself"
            );
            layer.refuse(at(variable), SettingFault::Invalid, &full, message);
        }
        None => match environment.text(variable) {
            Ok(text) => layer.give(
                at(variable),
                &full,
                text.map_or(Given::Nothing, Given::plain),
            ),
            Err(error) => layer.faults.push(unreadable(&error)),
        },
    }
}

/// Takes the variable, or for a secret the file that `…_FILE` names, as the value of `key`.
fn take(environment: &Environment, variable: &str, key: &'static Key, layer: &mut Layer) {
    let value = if key.is_secret() {
        let secret = environment.secret(variable);
        secret.map(|secret| secret.map(|secret| secret.expose().to_owned()))
    } else {
        environment
            .text(variable)
            .map(|text| text.map(str::to_owned))
    };
    match value {
        Ok(Some(text)) => layer.give(at(variable), key.name(), Given::plain(text)),
        Ok(None) => {}
        Err(error) => layer.faults.push(unreadable(&error)),
    }
}

fn at(variable: &str) -> Place {
    Place::Environment {
        variable: variable.to_owned(),
    }
}

fn unreadable(error: &EnvironmentError) -> SettingError {
    SettingError::new(
        at(error.variable()),
        SettingFault::Unreadable,
        error.fault().to_string(),
    )
}
