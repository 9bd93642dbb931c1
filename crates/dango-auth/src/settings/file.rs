//! The layer of the configuration file: the section `auth:`, and nothing else of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::error::{Place, SettingError, SettingFault};
use super::given::Given;
use super::layer::Layer;
use super::names::{self, Meaning};
use super::yaml::{self, Content, Entry, Node};

/// The section that is ours; the others belong to Dango.
const SECTION: &str = "auth";
/// The longest file that is read, in bytes.
const FILE_LIMIT: u64 = 1024 * 1024;

/// Reads the layer; a file that does not exist says nothing.
pub(super) fn read(path: &Path) -> Result<Layer, SettingError> {
    match text(path)? {
        Some(text) => parse(path, &text),
        None => Ok(Layer::default()),
    }
}

fn text(path: &Path) -> Result<Option<String>, SettingError> {
    let unreadable = |cause: String| {
        let place = Place::File {
            path: path.to_owned(),
            line: 0,
        };
        SettingError::new(place, SettingFault::Unreadable, cause)
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let mut text = String::new();
    file.take(FILE_LIMIT + 1)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(error.to_string()))?;
    if text.len() as u64 > FILE_LIMIT {
        return Err(unreadable("it is longer than 1 MiB".to_owned()));
    }
    Ok(Some(text))
}

pub(super) fn parse(path: &Path, text: &str) -> Result<Layer, SettingError> {
    let at = |line| Place::File {
        path: path.to_owned(),
        line,
    };
    let root = yaml::parse(text).map_err(|error| {
        SettingError::new(
            at(error.line),
            SettingFault::Syntax,
            format!("not valid YAML: {}", error.message),
        )
    })?;
    let mut walk = Walk {
        path,
        layer: Layer::default(),
    };
    let Some(root) = root.filter(|root| !root.is_nothing()) else {
        return Ok(walk.layer);
    };
    let Content::Mapping(sections) = &root.content else {
        return Err(SettingError::new(
            at(root.line),
            SettingFault::Invalid,
            "must be a mapping of sections",
        ));
    };
    let mut ours = sections
        .iter()
        .filter(|entry| entry.name.as_deref() == Some(SECTION));
    if let Some(section) = ours.next() {
        walk.section(section);
    }
    if let Some(second) = ours.next() {
        let message = "the section auth is given twice";
        walk.layer.faults.push(SettingError::new(
            at(second.line),
            SettingFault::Duplicate,
            message,
        ));
    }
    Ok(walk.layer)
}

struct Walk<'a> {
    path: &'a Path,
    layer: Layer,
}

impl Walk<'_> {
    fn at(&self, line: usize) -> Place {
        Place::File {
            path: self.path.to_owned(),
            line,
        }
    }

    fn section(&mut self, section: &Entry) {
        match &section.value.content {
            Content::Mapping(entries) => self.entries("", entries),
            _ if section.value.is_nothing() => {}
            _ => {
                let message = "the section auth must be a mapping of settings";
                self.layer.faults.push(SettingError::new(
                    self.at(section.line),
                    SettingFault::Invalid,
                    message,
                ));
            }
        }
    }

    fn entries(&mut self, group: &str, entries: &[Entry]) {
        let mut seen = BTreeSet::new();
        for entry in entries {
            let place = self.at(entry.line);
            let Some(name) = &entry.name else {
                let message = "the name of a setting must be text";
                self.layer
                    .faults
                    .push(SettingError::new(place, SettingFault::Unknown, message));
                continue;
            };
            let full = if group.is_empty() {
                name.clone()
            } else {
                format!("{group}.{name}")
            };
            match (&entry.value.content, names::meaning(&full)) {
                (Content::Mapping(inner), Meaning::Group) => {
                    if !seen.insert(name) {
                        self.layer
                            .refuse(place, SettingFault::Duplicate, &full, "is given twice");
                    }
                    self.entries(&full, inner);
                }
                _ => self.layer.give(place, &full, given(&entry.value)),
            }
        }
    }
}

/// The value of a node. Lists within lists stay empty: no setting has any, and aliases could make them endless.
fn given(node: &Node) -> Given {
    match &node.content {
        Content::List(items) => Given::List(items.iter().map(|item| flat(item)).collect()),
        _ => flat(node),
    }
}

fn flat(node: &Node) -> Given {
    match &node.content {
        Content::Scalar { .. } if node.is_nothing() => Given::Nothing,
        Content::Scalar { text, quoted } => Given::Scalar {
            text: text.clone(),
            quoted: *quoted,
        },
        Content::List(_) => Given::List(Vec::new()),
        Content::Mapping(_) => Given::Mapping,
    }
}
