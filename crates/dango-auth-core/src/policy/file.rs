//! The form of a policy file, and how it becomes a policy.

use serde::Deserialize;
use toml::Spanned;

use super::builder::{Located, NewDomain, NewPermission, PolicyBuilder, RoleDefinition};
use super::error::{PolicyError, Problem};
use crate::nearest;

/// A policy file: three lists, each optional.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    domains: Vec<DomainEntry>,
    #[serde(default)]
    permissions: Vec<PermissionEntry>,
    #[serde(default)]
    roles: Vec<RoleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DomainEntry {
    name: Spanned<String>,
    title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PermissionEntry {
    name: Spanned<String>,
    domain: Spanned<String>,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleEntry {
    name: Spanned<String>,
    title: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    includes: Vec<Spanned<String>>,
    #[serde(default)]
    permissions: Vec<Spanned<String>>,
}

impl PolicyBuilder {
    /// Adds what a policy file lists.
    ///
    /// The file has the lists `[[domains]]` (`name`, `title`), `[[permissions]]` (`name`, `domain`,
    /// `description`) and `[[roles]]` (`name`, `title`, `description`, `includes`, `permissions`);
    /// [`BUILTIN_TOML`](super::BUILTIN_TOML) is an example. Errors found later by
    /// [`build`](Self::build) name the line too.
    ///
    /// # Errors
    /// [`PolicyError`] with code `invalid_file` and the line, when it is not such a file.
    pub fn toml(mut self, text: &str) -> Result<Self, PolicyError> {
        let file: File = toml::from_str(text).map_err(|error| syntax_error(text, &error))?;
        let located = |name: Spanned<String>| {
            let line = Some(line_at(text, name.span().start));
            Located {
                text: name.into_inner(),
                line,
            }
        };
        self.domains
            .extend(file.domains.into_iter().map(|entry| NewDomain {
                name: located(entry.name),
                title: entry.title,
            }));
        self.permissions
            .extend(file.permissions.into_iter().map(|entry| NewPermission {
                name: located(entry.name),
                domain: located(entry.domain),
                description: entry.description,
            }));
        self.roles
            .extend(file.roles.into_iter().map(|entry| RoleDefinition {
                name: located(entry.name),
                title: entry.title,
                description: entry.description,
                includes: entry.includes.into_iter().map(located).collect(),
                permissions: entry.permissions.into_iter().map(located).collect(),
            }));
        Ok(self)
    }
}

fn syntax_error(text: &str, error: &toml::de::Error) -> PolicyError {
    let line = error.span().map(|span| line_at(text, span.start));
    let mut message = error.message().lines().collect::<Vec<_>>().join(", ");
    if let Some(meant) = nearest_field(&message).map(str::to_owned) {
        message = format!("{message}, did you mean `{meant}`?");
    }
    // The parser quotes keys of the file as they are; a terminal must not act on them.
    let safe = message
        .chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    PolicyError::new(Problem::Syntax(safe), line)
}

/// The field that was meant, out of serde's list: the unknown one first, then all there are.
fn nearest_field(message: &str) -> Option<&str> {
    let mut words = message
        .strip_prefix("unknown field ")?
        .split('`')
        .skip(1)
        .step_by(2);
    let unknown = words.next()?;
    nearest(unknown, words)
}

/// The line of a byte position, from 1.
fn line_at(text: &str, position: usize) -> usize {
    1 + text
        .bytes()
        .take(position)
        .filter(|byte| *byte == b'\n')
        .count()
}

#[cfg(test)]
mod tests {
    use super::super::{BUILTIN_TOML, Policy};
    use super::*;
    use crate::permission::Catalog;

    fn from_nothing() -> PolicyBuilder {
        PolicyBuilder::over(Policy {
            catalog: Catalog::empty(),
            roles: Vec::new(),
        })
    }

    #[test]
    fn the_built_in_file_says_what_the_built_in_tables_say() {
        let mut from_file = from_nothing()
            .toml(BUILTIN_TOML)
            .unwrap()
            .build()
            .unwrap()
            .matrix();
        for role in &mut from_file.roles {
            assert!(!role.builtin);
            role.builtin = true;
        }
        assert_eq!(from_file, Policy::builtin().matrix());
    }

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!(line_at("a\nb\nc", 0), 1);
        assert_eq!(line_at("a\nb\nc", 2), 2);
        assert_eq!(line_at("a\nb\nc", 99), 3);
    }
}
