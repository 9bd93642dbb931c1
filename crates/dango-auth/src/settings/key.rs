//! One setting: its name, what it takes, and how a value gets into [`Settings`].

use std::fmt;

use dango_auth_core::client_address::InvalidProxy;
use dango_auth_core::{Secret, TrustedProxies};
use serde_json::{Value, json};

use super::given::{Given, echo};
use super::url::REDACTED;
use super::{Profile, Settings};

/// What a key takes, with the function that puts a good value in its place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Flag(fn(&mut Settings, bool)),
    Number {
        min: u32,
        max: u32,
        unit: &'static str,
        set: fn(&mut Settings, u32),
    },
    Proxies(fn(&mut Settings, TrustedProxies)),
    Secret(fn(&mut Settings, Secret)),
    /// Text with its own rule; `set` answers what may be shown of it, or what is wrong with it.
    Text {
        form: &'static str,
        set: fn(&mut Settings, &str) -> Result<String, String>,
    },
}

/// The value a key has when nobody sets it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Preset {
    Nothing,
    Same(&'static str),
    ByProfile {
        local: &'static str,
        cloud: &'static str,
    },
}

/// One setting as the configuration reference, the loader and `config show|set|unset` see it.
#[derive(Clone, Copy)]
pub struct Key {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) variables: &'static [&'static str],
    pub(super) kind: Kind,
    pub(super) preset: Preset,
    pub(super) secret: bool,
    pub(super) runtime: bool,
    pub(super) description: &'static str,
}

impl Key {
    /// The name with dots for nesting, as in `lockout.max_attempts`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the setting does, one sentence.
    pub fn description(&self) -> &'static str {
        self.description
    }

    /// Whether the value is kept from every output, and may come from a file named by a `…_FILE` variable.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// Whether an administrator may change it at run time; the others take effect at the next start.
    pub fn is_runtime(&self) -> bool {
        self.runtime
    }

    /// The variables that set it, the systematic one first.
    pub fn variables(&self) -> impl Iterator<Item = String> {
        let short = self.variables.iter().map(|name| (*name).to_owned());
        std::iter::once(variable(self.name)).chain(short)
    }

    /// The unit of its numbers, empty where there is none.
    pub fn unit(&self) -> &'static str {
        match self.kind {
            Kind::Number { unit, .. } => unit,
            _ => "",
        }
    }

    /// The smallest and the largest number it takes, where it takes numbers.
    pub fn range(&self) -> Option<(u32, u32)> {
        match self.kind {
            Kind::Number { min, max, .. } => Some((min, max)),
            _ => None,
        }
    }

    /// What it takes, in words: `true or false`, `minutes, 1 to 525600`, …
    pub fn takes(&self) -> String {
        match self.kind {
            Kind::Flag(_) => "true or false".to_owned(),
            Kind::Number {
                min, max, unit: "", ..
            } => format!("{min} to {max}"),
            Kind::Number { min, max, unit, .. } => format!("{unit}, {min} to {max}"),
            Kind::Proxies(_) => "list of addresses or networks (CIDR)".to_owned(),
            Kind::Secret(_) => "text".to_owned(),
            Kind::Text { form, .. } => form.to_owned(),
        }
    }

    /// The built-in value under `profile` as it would be written in the file, if there is one.
    pub fn preset(&self, profile: Profile) -> Option<&'static str> {
        match (self.preset, profile) {
            (Preset::Nothing, _) => None,
            (Preset::Same(text), _) => Some(text),
            (Preset::ByProfile { local, .. }, Profile::Local) => Some(local),
            (Preset::ByProfile { cloud, .. }, Profile::Cloud) => Some(cloud),
        }
    }

    /// Puts `given` into `settings` if it fits and answers what may be shown of it.
    pub(super) fn apply(&self, settings: &mut Settings, given: &Given) -> Result<Value, String> {
        if *given == Given::Nothing {
            return Err("has no value; give it one or remove it".to_owned());
        }
        match self.kind {
            Kind::Flag(set) => {
                let flag = given.flag()?;
                set(settings, flag);
                Ok(json!(flag))
            }
            Kind::Number {
                min,
                max,
                unit,
                set,
            } => {
                let number = given.number(min, max, unit)?;
                set(settings, number);
                Ok(json!(number))
            }
            Kind::Proxies(set) => {
                let items = given.items()?;
                set(
                    settings,
                    TrustedProxies::parse(&items).map_err(|error| no_proxy(&error))?,
                );
                Ok(json!(items))
            }
            Kind::Secret(set) => {
                set(settings, Secret::from(given.text()?));
                Ok(json!(REDACTED))
            }
            Kind::Text { set, .. } => Ok(json!(set(settings, given.text()?)?)),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Key({})", self.name)
    }
}

fn no_proxy(error: &InvalidProxy) -> String {
    let entry = echo(&error.entry);
    format!("must hold addresses or networks like 10.0.0.0/8, not {entry}")
}

/// The systematic variable of a name: `lockout.max_attempts` is `DANGO_AUTH__LOCKOUT__MAX_ATTEMPTS`.
pub(super) fn variable(name: &str) -> String {
    format!(
        "DANGO_AUTH__{}",
        name.to_ascii_uppercase().replace('.', "__")
    )
}
