//! One line of `config show`.

use serde_json::Value;

use super::{Key, Origin};

/// A setting with its present value and where that comes from.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(super) key: &'static Key,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

impl Entry {
    /// The setting.
    pub fn key(&self) -> &'static Key {
        self.key
    }

    /// The name with dots for nesting.
    pub fn name(&self) -> &'static str {
        self.key.name()
    }

    /// The value for programs: a boolean, a number, text, a list, or null when not set; a secret reads `***`.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Where the value comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The value for people, `-` when not set.
    pub fn display(&self) -> String {
        display(&self.value)
    }
}

/// A setting's value for people.
pub(crate) fn display(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            items.join(", ")
        }
        other => other.to_string(),
    }
}
