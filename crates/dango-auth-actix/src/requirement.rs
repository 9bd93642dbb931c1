//! What a route asks of whoever calls it.

use std::fmt;

/// Who may call a route, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// Who.
    pub who: Who,
    /// Whether somebody with a pending obligation may, through a session (contract §3.5).
    pub while_obliged: bool,
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Everybody; no credential is looked at.
    Everybody,
    /// Whoever has signed in or presents an API key.
    AnyCaller,
    /// Whoever has signed in; API keys are refused.
    Session,
    /// Whoever has the permission, also through an API key.
    Permission(&'static str),
    /// Whoever has signed in and has the permission; API keys are refused.
    PermissionBySession(&'static str),
    /// Somebody on the machine itself, or whoever has the permission.
    MachineOrPermission(&'static str),
}

impl Requirement {
    /// Open to everybody.
    pub const EVERYBODY: Self = Self::of(Who::Everybody);

    /// Closed to people with a pending obligation.
    pub const fn of(who: Who) -> Self {
        Self {
            who,
            while_obliged: false,
        }
    }

    /// Open to people with a pending obligation.
    pub const fn even_obliged(who: Who) -> Self {
        Self {
            who,
            while_obliged: true,
        }
    }

    /// The permission asked for, if any.
    pub const fn permission(&self) -> Option<&'static str> {
        match self.who {
            Who::Permission(name)
            | Who::PermissionBySession(name)
            | Who::MachineOrPermission(name) => Some(name),
            _ => None,
        }
    }

    /// Whether API keys are refused.
    pub const fn refuses_api_keys(&self) -> bool {
        matches!(self.who, Who::Session | Who::PermissionBySession(_))
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.who {
            Who::Everybody => f.write_str("everybody"),
            Who::AnyCaller => f.write_str("any caller"),
            Who::Session => f.write_str("session"),
            Who::Permission(name) => f.write_str(name),
            Who::PermissionBySession(name) => write!(f, "{name} by session"),
            Who::MachineOrPermission(name) => write!(f, "this machine or {name}"),
        }?;
        if self.while_obliged {
            f.write_str(", also while obliged")
        } else {
            Ok(())
        }
    }
}
