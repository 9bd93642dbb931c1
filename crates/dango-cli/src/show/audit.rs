//! The audit log as table, JSON lines and CSV, and the result of checking it.

use std::io;

use dango_auth::view::{CSV_COLUMNS, ChainObject, EventObject};
use serde_json::Value;

use crate::door::AuditTrail;
use crate::output::{Output, Show, Table, Text, Tone};

impl AuditTrail {
    /// A table for people.
    pub(crate) fn show_table(&self, output: &mut Output) -> io::Result<()> {
        if self.events.is_empty() {
            return output.note("there are no such events");
        }
        let mut table = Table::new(["Time (UTC)", "Event", "Actor", "Target", "From", "Details"]);
        for event in &self.events {
            table.row([
                event
                    .timestamp
                    .format("%Y-%m-%d %H:%M:%S")
                    .to_string()
                    .into(),
                Text::toned(tone(event), &event.event),
                or_dash(&event.actor.name).into(),
                or_dash(event.target.as_ref().map_or("", |target| &target.name)).into(),
                from(event).into(),
                details(event).into(),
            ]);
        }
        output.table(&table)
    }

    /// One JSON document per line.
    pub(crate) fn show_lines(&self, output: &mut Output) -> io::Result<()> {
        self.events
            .iter()
            .try_for_each(|event| output.json_line(event))
    }

    /// Comma-separated values with a heading.
    pub(crate) fn show_csv(&self, output: &mut Output) -> io::Result<()> {
        let rows = self.events.iter().map(|event| event.csv_fields().to_vec());
        output.csv(&CSV_COLUMNS, rows)
    }
}

fn tone(event: &EventObject) -> Tone {
    match event.outcome.as_str() {
        "failure" => Tone::Caution,
        "denied" => Tone::Bad,
        _ => Tone::Plain,
    }
}

fn or_dash(name: &str) -> &str {
    if name.is_empty() { "-" } else { name }
}

/// The door, and the address where there is one.
fn from(event: &EventObject) -> String {
    match &event.ip {
        Some(ip) => format!("{} {ip}", event.via),
        None => event.via.clone(),
    }
}

/// The facts as `name=value`, the workspace first.
fn details(event: &EventObject) -> String {
    let workspace = event
        .workspace
        .iter()
        .map(|name| format!("workspace={name}"));
    let facts = event.details.iter().map(|(name, value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    });
    workspace.chain(facts).collect::<Vec<_>>().join(", ")
}

impl Show for ChainObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let rows = self.rows;
        output.line(if self.intact {
            Text::toned(Tone::Good, format!("intact: {rows} events"))
        } else {
            Text::toned(Tone::Bad, format!("broken after {rows} events"))
        })
    }
}
