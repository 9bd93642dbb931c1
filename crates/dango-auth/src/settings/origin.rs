//! Where a value comes from.

use std::fmt;
use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};

/// Where the value of a setting comes from; later variants win over earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Built in.
    Default,
    /// Built into the chosen profile.
    Profile(super::Profile),
    /// The project's configuration file.
    File {
        /// The file as it was named.
        path: PathBuf,
        /// The line of the key, from 1.
        line: usize,
    },
    /// A variable of the environment.
    Environment {
        /// The variable's name.
        variable: String,
    },
    /// An option on the command line.
    Argument {
        /// The option's name with its dashes.
        option: String,
    },
    /// Set at run time by an administrator and kept in the database.
    Runtime {
        /// The login name of who set it.
        by: String,
        /// When it was set.
        at: DateTime<Utc>,
    },
}

impl Origin {
    /// One stable word for programs: `default`, `profile`, `file`, `environment`, `argument` or `runtime`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Profile(_) => "profile",
            Self::File { .. } => "file",
            Self::Environment { .. } => "environment",
            Self::Argument { .. } => "argument",
            Self::Runtime { .. } => "runtime",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::Profile(profile) => write!(formatter, "profile {profile}"),
            Self::File { path, line } => write!(formatter, "{}, line {line}", path.display()),
            Self::Environment { variable } => write!(formatter, "environment variable {variable}"),
            Self::Argument { option } => write!(formatter, "option {option}"),
            Self::Runtime { by, at } => {
                write!(
                    formatter,
                    "set by {by} at {}",
                    at.to_rfc3339_opts(SecondsFormat::Secs, true)
                )
            }
        }
    }
}
