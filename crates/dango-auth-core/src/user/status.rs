//! The status shown for an account.

use std::fmt;

use chrono::{DateTime, Utc};

use super::User;

/// What the account's state comes to, in order of precedence (contract §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Taken out of use.
    Inactive,
    /// Locked by failed attempts.
    Locked,
    /// Invited, and the link still works.
    Invited,
    /// Invited, and the link lapsed unused.
    InviteExpired,
    /// None of these.
    Active,
}

impl Status {
    /// All of them, in order of precedence.
    pub const ALL: [Self; 5] = [
        Self::Inactive,
        Self::Locked,
        Self::Invited,
        Self::InviteExpired,
        Self::Active,
    ];

    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Locked => "locked",
            Self::Invited => "invited",
            Self::InviteExpired => "invite_expired",
            Self::Active => "active",
        }
    }

    /// Reads the word of the contract.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl User {
    /// The status at `now`; `locked_until` is the latest end of a lock on the account.
    pub fn status(&self, locked_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Status {
        match &self.invite {
            _ if !self.is_active() => Status::Inactive,
            _ if locked_until.is_some_and(|end| now < end) => Status::Locked,
            Some(invite) if invite.is_expired(now) => Status::InviteExpired,
            Some(_) => Status::Invited,
            None => Status::Active,
        }
    }
}
