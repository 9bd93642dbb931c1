//! Settings with where each value comes from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::settings::Entry;

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SettingObject {
    /// The value; `null` when not set, `***` for a secret.
    pub value: Value,
    /// Where it comes from: `default`, `profile`, `file`, `environment`, `argument`, `runtime`.
    pub origin: String,
    /// The same in words, such as the file and line.
    pub source: String,
}

impl From<&Entry> for SettingObject {
    fn from(entry: &Entry) -> Self {
        Self {
            value: entry.value().clone(),
            origin: entry.origin().kind().to_owned(),
            source: entry.origin().to_string(),
        }
    }
}

/// Settings by name: `{"settings": {name: {value, origin}}}` (contract §4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SettingsObject {
    /// The settings.
    pub settings: BTreeMap<String, SettingObject>,
}

impl SettingsObject {
    /// Shows settings.
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let shown = |entry: &Entry| (entry.name().to_owned(), SettingObject::from(entry));
        Self {
            settings: entries.into_iter().map(shown).collect(),
        }
    }
}
