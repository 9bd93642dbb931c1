//! `/settings/auth`: the rules of signing in, and who still has to act.

use askama::Template;

use super::frame::{Frame, Tone};

/// The page of rules.
#[derive(Debug, Template)]
#[template(path = "auth.html")]
pub(crate) struct SettingsPage {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    pub(crate) counts: Vec<Count>,
    pub(crate) without_factor: Vec<WithoutFactor>,
    /// There are more than are listed.
    pub(crate) more_without: bool,
    pub(crate) settings: Vec<Setting>,
}

/// A number of people, in words.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) tone: Tone,
    pub(crate) text: String,
    pub(crate) href: Option<String>,
}

/// Somebody without a second factor.
#[derive(Debug)]
pub(crate) struct WithoutFactor {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: String,
}

/// A rule, its value and where the value comes from.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) origin: String,
    pub(crate) input: SettingInput,
    pub(crate) error: Option<String>,
}

/// How a rule is changed.
#[derive(Debug)]
pub(crate) enum SettingInput {
    /// On or off.
    Switch {
        /// On.
        on: bool,
    },
    /// A number.
    Number {
        /// As it was typed.
        value: String,
    },
    /// Not here: in a file or the environment.
    Fixed {
        /// What it is.
        value: String,
    },
}
