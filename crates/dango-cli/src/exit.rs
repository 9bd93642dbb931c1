//! Exit codes (contract §5).

use std::process::ExitCode;

/// How a command ended, as a script sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something that should not happen.
    Unexpected,
    /// The command line is wrong, or a confirmation is missing.
    Usage,
    /// What was named does not exist.
    NotFound,
    /// Not allowed, or not signed in.
    Denied,
    /// Refused by a rule, or in conflict with what exists.
    Refused,
    /// A value breaks a rule about values.
    Invalid,
    /// Too often; to be tried again later.
    Throttled,
    /// The store or the server cannot be used.
    Unavailable,
    /// The person pressed Ctrl-C at a prompt; the code shells give for it.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Unexpected => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Denied => 4,
            Self::Refused => 5,
            Self::Invalid => 6,
            Self::Throttled => 7,
            Self::Unavailable => 8,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
