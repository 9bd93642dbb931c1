//! What is wrong with a body, and where.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use super::path::{Path, Step};

/// Longest member name that is repeated to the client, in characters.
const NAME_SHOWN: usize = 64;

/// The kind of a [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Not JSON at all.
    Syntax,
    /// A member that does not belong there.
    Unknown,
    /// A member that is there twice.
    Duplicate,
    /// A member that should be there.
    Required,
    /// A value of another type.
    WrongType,
    /// A value of the right type that is not acceptable.
    Invalid,
}

impl FaultKind {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Unknown => "unknown",
            Self::Duplicate => "duplicate",
            Self::Required => "required",
            Self::WrongType => "wrong_type",
            Self::Invalid => "invalid",
        }
    }
}

/// One fault of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
    path: Path,
    message: String,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            path: Path::default(),
            message: message.into(),
        }
    }

    /// A member that is there twice.
    pub fn duplicate(name: &str) -> Self {
        Self::new(FaultKind::Duplicate, "is there twice").in_member(name)
    }

    pub(super) fn in_member(mut self, name: &str) -> Self {
        let shown = name
            .chars()
            .filter(|c| !c.is_control())
            .take(NAME_SHOWN)
            .collect();
        self.path.step_into(Step::Member(shown));
        self
    }

    pub(super) fn in_element(mut self, index: usize) -> Self {
        self.path.step_into(Step::Element(index));
        self
    }

    /// What sort of fault it is.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// The field concerned, as `grants[0].role`; empty for the body as a whole.
    pub fn field(&self) -> String {
        self.path.to_string()
    }

    /// Words for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl std::error::Error for Fault {}

/// SECURITY: none of these repeats a value, because the value may be a password.
impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(FaultKind::Invalid, message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(FaultKind::WrongType, format!("must be {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(FaultKind::Invalid, format!("must be {expected}"))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new(FaultKind::Invalid, format!("must be {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(
            FaultKind::Invalid,
            format!("must be one of {}", expected.join(", ")),
        )
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::new(FaultKind::Unknown, "is not a member of this body").in_member(name)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new(FaultKind::Required, "is missing").in_member(name)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::duplicate(name)
    }
}
