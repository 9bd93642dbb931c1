//! Why a policy could not be built.

use std::fmt;

/// A policy that does not fit together: the rule, the item, and where one is near, the name meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    problem: Problem,
    line: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// The file is not TOML of the expected form.
    Syntax(String),
    /// A name breaks the naming rule.
    BadName {
        kind: Kind,
        name: String,
        rule: &'static str,
    },
    /// The same name twice, or one that is built in.
    Duplicate {
        kind: Kind,
        name: String,
        builtin: bool,
    },
    /// A reference to something that does not exist.
    Unknown {
        by: Option<(Kind, String)>,
        kind: Kind,
        name: String,
        nearest: Option<String>,
    },
    /// Roles include each other in a circle, listed in order.
    Cycle(Vec<String>),
    /// A role other than admin asks for everything.
    Wildcard { role: String },
    /// More of a kind than fit.
    TooMany { kind: Kind, max: usize },
}

/// What a policy is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Domain,
    Permission,
    Role,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Permission => "permission",
            Self::Role => "role",
        }
    }
}

impl PolicyError {
    pub(super) const fn new(problem: Problem, line: Option<usize>) -> Self {
        Self { problem, line }
    }

    pub(super) fn no_such_role(name: &str, nearest: Option<&str>) -> Self {
        Self::unknown(None, Kind::Role, name, nearest, None)
    }

    pub(super) fn no_such_permission(name: &str, nearest: Option<&str>) -> Self {
        Self::unknown(None, Kind::Permission, name, nearest, None)
    }

    pub(super) fn unknown(
        by: Option<(Kind, &str)>,
        kind: Kind,
        name: &str,
        nearest: Option<&str>,
        line: Option<usize>,
    ) -> Self {
        let by = by.map(|(kind, name)| (kind, name.to_owned()));
        let nearest = nearest.map(str::to_owned);
        Self::new(
            Problem::Unknown {
                by,
                kind,
                name: name.to_owned(),
                nearest,
            },
            line,
        )
    }

    /// The stable `snake_case` code of the rule.
    pub const fn code(&self) -> &'static str {
        match &self.problem {
            Problem::Syntax(_) => "invalid_file",
            Problem::BadName { .. } => "invalid_name",
            Problem::Duplicate {
                kind: Kind::Domain, ..
            } => "duplicate_domain",
            Problem::Duplicate {
                kind: Kind::Permission,
                ..
            } => "duplicate_permission",
            Problem::Duplicate {
                kind: Kind::Role, ..
            } => "duplicate_role",
            Problem::Unknown {
                kind: Kind::Domain, ..
            } => "unknown_domain",
            Problem::Unknown {
                kind: Kind::Permission,
                ..
            } => "unknown_permission",
            Problem::Unknown {
                kind: Kind::Role, ..
            } => "unknown_role",
            Problem::Cycle(_) => "include_cycle",
            Problem::Wildcard { .. } => "wildcard_reserved",
            Problem::TooMany { .. } => "too_many",
        }
    }

    /// The line of the policy file, from 1, when the policy came from one.
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// The name that was probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        match &self.problem {
            Problem::Unknown { nearest, .. } => nearest.as_deref(),
            _ => None,
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        self.problem.fmt(f)
    }
}

// Names are printed with `{:?}`, which escapes whatever a terminal would act upon.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => f.write_str(message),
            Self::BadName { kind, name, rule } => {
                write!(f, "{} name {name:?} must be {rule}", kind.word())
            }
            Self::Duplicate {
                kind,
                name,
                builtin: true,
            } => {
                write!(
                    f,
                    "{} {name:?} is built in and cannot be redefined",
                    kind.word()
                )
            }
            Self::Duplicate {
                kind,
                name,
                builtin: false,
            } => {
                write!(f, "{} {name:?} is defined twice", kind.word())
            }
            Self::Unknown {
                by,
                kind,
                name,
                nearest,
            } => fmt_unknown(f, by.as_ref(), *kind, name, nearest.as_deref()),
            Self::Cycle(roles) => write!(f, "roles include each other: {}", roles.join(" > ")),
            Self::Wildcard { role } => write!(
                f,
                "role {role:?} asks for every permission, which only admin holds"
            ),
            Self::TooMany { kind, max } => {
                write!(f, "there are more than {max} {}s", kind.word())
            }
        }
    }
}

fn fmt_unknown(
    f: &mut fmt::Formatter<'_>,
    by: Option<&(Kind, String)>,
    kind: Kind,
    name: &str,
    nearest: Option<&str>,
) -> fmt::Result {
    let word = kind.word();
    match by {
        None => write!(f, "there is no {word} {name:?}")?,
        Some((by, owner)) => {
            let verb = match kind {
                Kind::Domain => "is in",
                Kind::Permission => "permits",
                Kind::Role => "includes",
            };
            write!(
                f,
                "{} {owner:?} {verb} the unknown {word} {name:?}",
                by.word()
            )?;
        }
    }
    nearest.map_or(Ok(()), |nearest| write!(f, ", did you mean {nearest:?}?"))
}

impl std::error::Error for PolicyError {}
