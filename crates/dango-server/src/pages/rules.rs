//! The rules of signing in by what they are about, each with its value, unit and origin.

use dango_auth::Origin;
use dango_auth::settings::{Entry, Key};
use serde_json::Value;

use super::complaint::Complaint;
use super::filters::put;
use super::sent::Sent;
use super::text::Text;

/// Which group a rule belongs to, by how its name begins; what fits nowhere is in the last one.
const GROUPS: [&[&str]; 4] = [
    &["idle_timeout_minutes", "session_max_days"],
    &["require_2fa", "password."],
    &["lockout.", "rate_limit."],
    &[""],
];

/// Rules about one thing.
#[derive(Debug)]
pub(crate) struct RuleGroup {
    pub(crate) id: usize,
    pub(crate) heading: &'static str,
    pub(crate) settings: Vec<Setting>,
}

/// A value that is not changed here.
#[derive(Debug)]
pub(crate) struct FixedLine {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) origin: String,
    /// None where it is not set.
    pub(crate) value: Option<String>,
}

/// A rule, its value and where the value comes from.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) origin: String,
    /// What its number counts, empty where there is nothing to say.
    pub(crate) unit: String,
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
}

/// What can be changed while the server runs, by group.
pub(super) fn groups(
    text: &Text,
    entries: &[&Entry],
    typed: Option<&Sent>,
    complaint: &Complaint,
) -> Vec<RuleGroup> {
    let words = &text.auth;
    let headings = [
        words.group_sessions,
        words.group_passwords,
        words.group_limits,
        words.group_rest,
    ];
    let group = |(id, heading): (usize, &'static str)| RuleGroup {
        id,
        heading,
        settings: entries
            .iter()
            .filter(|entry| entry.key().is_runtime() && group_of(entry.name()) == id)
            .map(|entry| setting(text, entry, typed, complaint))
            .collect(),
    };
    headings.into_iter().enumerate().map(group).collect()
}

fn group_of(name: &str) -> usize {
    let begins = |group: &&[&str]| group.iter().any(|start| name.starts_with(start));
    GROUPS.iter().position(begins).unwrap_or_default()
}

/// What is set in files and the environment alone.
pub(super) fn fixed(text: &Text, entries: &[&Entry]) -> Vec<FixedLine> {
    let others = entries.iter().filter(|entry| !entry.key().is_runtime());
    let line = |entry: &&Entry| FixedLine {
        name: entry.name().to_owned(),
        label: label(text, entry.key()),
        origin: origin(text, entry.origin()),
        value: (!is_unset(entry.value())).then(|| entry.display()),
    };
    others.map(line).collect()
}

fn is_unset(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn label(text: &Text, key: &Key) -> String {
    let label = Text::look_up(text.setting_names, key.name());
    let label = label.unwrap_or_else(|| key.description());
    label.trim_end_matches('.').to_owned()
}

fn setting(text: &Text, entry: &Entry, typed: Option<&Sent>, complaint: &Complaint) -> Setting {
    let value = typed.and_then(|sent| sent.given(entry.name()));
    let value = value.map_or_else(|| entry.display(), str::to_owned);
    let unit = entry.key().unit();
    Setting {
        name: entry.name().to_owned(),
        label: label(text, entry.key()),
        origin: origin(text, entry.origin()),
        unit: Text::look_up(text.units, unit).unwrap_or(unit).to_owned(),
        input: match entry.value() {
            Value::Bool(_) => SettingInput::Switch {
                on: value == "true",
            },
            _ => SettingInput::Number { value },
        },
        error: complaint.about(entry.name()),
    }
}

/// What a number has to be, in the reader's words.
pub(super) fn range_words(key: &Key, text: &Text) -> Option<String> {
    let (min, max) = key.range()?;
    Some(put(text.auth.range, &[&min, &max]))
}

fn origin(text: &Text, origin: &Origin) -> String {
    let words = &text.auth;
    match origin {
        Origin::Default => words.origin_default.to_owned(),
        Origin::Profile(profile) => put(words.origin_profile, &[profile]),
        Origin::File { line, .. } => put(words.origin_file, &[line]),
        Origin::Environment { variable } => put(words.origin_environment, &[variable]),
        Origin::Argument { option } => put(words.origin_argument, &[option]),
        Origin::Runtime { by, .. } => put(words.origin_runtime, &[by]),
        other => other.to_string(),
    }
}
