//! Names of things: roles, workspaces and API keys.

use super::error::{NameError, Problem};
use super::normal::is_bidi_control;
use super::text::{Text, name_traits};
use super::workspace_key::WorkspaceKey;

/// The name of a role: a lower-case ASCII word of 1-32 characters, `[a-z][a-z0-9_-]*`.
///
/// Parsing is exact, so ` Admin` is refused rather than guessed at.
#[derive(Clone)]
pub struct RoleName(Text);

impl RoleName {
    /// Checks a role name.
    ///
    /// # Errors
    /// [`NameError`] when it is no such word.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |problem| NameError::new("role", problem);
        if text.is_empty() {
            return Err(refuse(Problem::Empty));
        }
        if text.len() > 32 {
            return Err(refuse(Problem::TooLong {
                max: 32,
                unit: "characters",
            }));
        }
        if !is_word(text) {
            let rule = "a lower-case word of a-z, 0-9, - and _ that begins with a letter";
            return Err(refuse(Problem::Format(rule)));
        }
        Ok(Self(text.into()))
    }

    /// A name that is known to be good.
    pub(crate) const fn from_static(text: &'static str) -> Self {
        Self(Text::Static(text))
    }
}

/// The name of a workspace: 1-64 of `A-Za-z0-9_-`, case-sensitive, surrounding blanks trimmed.
///
/// `all`, `default` and `global` are reserved in any case: the list filters use them.
#[derive(Clone)]
pub struct WorkspaceName(Text, WorkspaceKey);

impl WorkspaceName {
    /// Checks a workspace name.
    ///
    /// # Errors
    /// [`NameError`] when a character, the length or a reserved word forbids it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |problem| NameError::new("workspace", problem);
        let text = text.trim();
        if text.is_empty() {
            return Err(refuse(Problem::Empty));
        }
        let is_good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if let Some(c) = text.chars().find(|&c| !is_good(c)) {
            return Err(refuse(Problem::Character(c)));
        }
        if text.len() > 64 {
            return Err(refuse(Problem::TooLong {
                max: 64,
                unit: "characters",
            }));
        }
        if ["all", "default", "global"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
        {
            return Err(refuse(Problem::Reserved));
        }
        Ok(Self(text.into(), WorkspaceKey::of(text)))
    }

    /// The name as a number, to find it by.
    #[inline]
    pub(crate) const fn key(&self) -> WorkspaceKey {
        self.1
    }

    /// The same name under the number of another.
    #[cfg(test)]
    pub(crate) fn under_key_of(mut self, other: &Self) -> Self {
        self.1 = other.1;
        self
    }
}

/// The label a person gives an API key: 1-128 characters, trimmed, free of control characters,
/// line separators and marks that turn the direction of text.
#[derive(Clone)]
pub struct KeyName(Text);

impl KeyName {
    /// Checks a key's name.
    ///
    /// # Errors
    /// [`NameError`] when it is empty, too long or holds a forbidden character.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |problem| NameError::new("key name", problem);
        let text = text.trim();
        if text.is_empty() {
            return Err(refuse(Problem::Empty));
        }
        if text.chars().count() > 128 {
            return Err(refuse(Problem::TooLong {
                max: 128,
                unit: "characters",
            }));
        }
        let is_bad =
            |c: char| c.is_control() || is_bidi_control(c) || matches!(c, '\u{2028}' | '\u{2029}');
        if let Some(c) = text.chars().find(|&c| is_bad(c)) {
            return Err(refuse(Problem::Character(c)));
        }
        Ok(Self(text.into()))
    }
}

/// Whether this is a lower-case word, `[a-z][a-z0-9_-]*`, as in names of roles and domains.
pub(crate) fn is_word(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(is_inner)
}

name_traits!(RoleName);
name_traits!(WorkspaceName);
name_traits!(KeyName);
