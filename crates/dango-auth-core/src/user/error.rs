//! Why a transition of an account was refused.

use crate::workspace::AccessError;

/// A refused transition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UserError {
    /// Nobody else could administrate afterwards (contract §3.1).
    #[error("this is the last usable admin; make another person admin first")]
    LastAdmin,
    /// Nobody deactivates or deletes themselves (contract §3.2).
    #[error("you cannot deactivate or delete your own account; ask another admin")]
    SelfAction,
    /// Role and workspace access do not go together (contract §2).
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The link is unknown, used or expired; one text for all of them.
    #[error("the invite is invalid or has expired")]
    InviteInvalid,
    /// An invite for somebody who set a password already.
    #[error("this person has already set a password; reset it instead")]
    PasswordSet,
    /// Something that needs an active account.
    #[error("this account is deactivated; reactivate it first")]
    Inactive,
}

impl UserError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LastAdmin => "last_admin",
            Self::SelfAction => "self_action",
            Self::Access(_) => "invalid_request",
            Self::InviteInvalid => "invite_invalid",
            Self::PasswordSet => "password_already_set",
            Self::Inactive => "user_inactive",
        }
    }
}
