//! Settings as a table.

use std::collections::BTreeMap;
use std::io;

use dango_auth::view::{SettingObject, SettingsObject};
use serde_json::Value;

use crate::output::{Output, Show, Table, Text, Tone};

impl Show for SettingsObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        output.table(&table(&self.settings))
    }
}

/// Name, value and where it comes from.
pub(super) fn table(settings: &BTreeMap<String, SettingObject>) -> Table {
    let mut table = Table::new(["Setting", "Value", "From"]);
    for (name, setting) in settings {
        let from = if setting.origin == "default" {
            Tone::Dim
        } else {
            Tone::Plain
        };
        table.row([
            name.as_str().into(),
            value(&setting.value),
            Text::toned(from, &setting.source),
        ]);
    }
    table
}

fn value(value: &Value) -> Text {
    match value {
        Value::Null => Text::toned(Tone::Dim, "-"),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) if items.is_empty() => Text::toned(Tone::Dim, "none"),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", ")
            .into(),
        other => other.to_string().into(),
    }
}
