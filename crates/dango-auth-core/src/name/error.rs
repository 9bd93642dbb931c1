//! Why a name was refused.

use std::fmt;

/// A name that was refused, with a stable code and a sentence for people.
///
/// The text never repeats what was typed: the offending character is named by its code point
/// unless it is a visible ASCII character, so the message is safe on a terminal and in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameError {
    what: &'static str,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    Empty,
    TooLong { max: usize, unit: &'static str },
    Character(char),
    Ambiguous(char),
    Unstable,
    Email(&'static str),
    Format(&'static str),
    Reserved,
}

impl NameError {
    pub(super) const fn new(what: &'static str, problem: Problem) -> Self {
        Self { what, problem }
    }

    /// The stable `snake_case` code of the refusal, for `errors[].code` in answers.
    pub const fn code(&self) -> &'static str {
        match self.problem {
            Problem::Empty => "empty",
            Problem::TooLong { .. } => "too_long",
            Problem::Character(_) => "invalid_character",
            Problem::Ambiguous(_) | Problem::Unstable => "ambiguous_character",
            Problem::Email(_) => "invalid_email",
            Problem::Format(_) => "invalid_format",
            Problem::Reserved => "reserved_name",
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what;
        match self.problem {
            Problem::Empty => write!(f, "{what} is empty"),
            Problem::TooLong { max, unit } => write!(f, "{what} is longer than {max} {unit}"),
            Problem::Character(c) => {
                write!(f, "{what} contains {}, which is not allowed", Shown(c))
            }
            Problem::Ambiguous(c) => write!(
                f,
                "{what} contains {}, which looks like another letter",
                Shown(c)
            ),
            Problem::Unstable => write!(f, "{what} has no single normal form"),
            Problem::Email(why) => write!(f, "{what} is not an email address: {why}"),
            Problem::Format(rule) => write!(f, "{what} must be {rule}"),
            Problem::Reserved => write!(f, "{what} is a reserved word"),
        }
    }
}

impl std::error::Error for NameError {}

struct Shown(char);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ' ' => f.write_str("a space"),
            c if c.is_ascii_graphic() => write!(f, "'{c}'"),
            c => write!(f, "U+{:04X}", u32::from(c)),
        }
    }
}
