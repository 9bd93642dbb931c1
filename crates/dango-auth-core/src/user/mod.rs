//! A person's account and its life.
//!
//! ```text
//!  invite ──> invited ──accept──┐
//!                │              v
//!  create ───────┼──────────> active <──reactivate── inactive
//!                │              └──────deactivate──────^
//!                └── deactivate / delete from any state ──> inactive / gone
//! ```
//!
//! | from | by | to | ends sessions | refused |
//! |---|---|---|---|---|
//! | nothing | [`User::invited`], [`User::created`] | invited, active | – | – |
//! | invited | [`User::accept_invite`] | active | all | expired, inactive |
//! | invited, active | [`User::reset_password`] | active | all | – |
//! | active | [`User::change_password`] | active | all | – |
//! | any | [`User::assign`] | same | no | `last_admin` |
//! | active, invited | [`User::deactivate`] | inactive | all | `last_admin`, `self_action` |
//! | inactive | [`User::reactivate`] | active | no, and none revives | – |
//! | any | [`User::delete`] | gone | all | `last_admin`, `self_action` |
//!
//! Locks are not part of the account: they belong to [`crate::lockout`], and show in [`Status`].

mod census;
mod create;
mod credentials;
mod error;
mod rights;
mod standing;
mod status;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

pub use census::AdminCensus;
pub use create::{NewUser, TemporaryPassword};
pub use credentials::Recovery;
pub use error::UserError;
pub use status::Status;

use crate::audit::Target;
use crate::id::{UserId, Version};
use crate::name::{EmailAddress, RoleName, Username};
use crate::password::PasswordHash;
use crate::role;
use crate::token::TokenHash;
use crate::workspace::WorkspaceAccess;

/// Whether an account may act at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Active,
    /// An administrator took it out of use.
    Inactive,
}

/// The password of an account.
#[derive(Clone, Debug)]
pub struct PasswordRecord {
    /// The hash in PHC form.
    pub hash: PasswordHash,
    /// When it was set.
    pub changed_at: DateTime<Utc>,
    /// Whether its owner has to choose another before doing anything else (contract §3.5).
    pub must_change: bool,
    /// When an unused temporary password stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

impl PasswordRecord {
    /// Tells whether the password can still be used to sign in.
    pub fn is_usable(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Tells whether it must be changed: asked for, or older than `max_age_days` (0 is off).
    pub fn must_be_changed(&self, max_age_days: u32, now: DateTime<Utc>) -> bool {
        let limit = TimeDelta::days(max_age_days.into());
        let age = now.signed_duration_since(self.changed_at);
        self.must_change || (max_age_days > 0 && age > limit)
    }
}

/// An open invitation: a single-use link that lets its holder set the first password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Hash of the link's token.
    pub token_hash: TokenHash,
    /// When the link stops working.
    pub expires_at: DateTime<Utc>,
}

impl Invite {
    /// Tells whether the link no longer works.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        now >= self.expires_at
    }
}

/// A person's account.
#[derive(Clone, Debug)]
pub struct User {
    /// Names the account for as long as it exists.
    pub id: UserId,
    /// Counts its changes.
    pub version: Version,
    /// The login name.
    pub username: Username,
    /// The address, if one is known; also a login name.
    pub email: Option<EmailAddress>,
    /// The role wherever no workspace grant decides.
    pub role: RoleName,
    /// Where the account may act, and as what.
    pub access: WorkspaceAccess,
    /// Whether it may act at all.
    pub standing: Standing,
    /// The password, once there is one.
    pub password: Option<PasswordRecord>,
    /// The open invitation, if any.
    pub invite: Option<Invite>,
    /// Rises whenever all sessions made before must end; a session holds the value it was made at.
    pub security_epoch: i64,
    /// The last complete sign-in.
    pub last_login: Option<DateTime<Utc>>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl User {
    /// Tells whether the account may act.
    pub fn is_active(&self) -> bool {
        self.standing == Standing::Active
    }

    /// Tells whether this is an administrator who can sign in and act everywhere (contract §3.1).
    ///
    /// Pending invitations, inactive accounts, lapsed temporary passwords and administrators without
    /// a password do not count.
    pub fn is_usable_admin(&self, now: DateTime<Utc>) -> bool {
        self.role == role::ADMIN
            && self.access.is_everywhere()
            && self.is_active()
            && self.invite.is_none()
            && self
                .password
                .as_ref()
                .is_some_and(|password| password.is_usable(now))
    }

    /// The address to show: the email, or the username where there is none.
    pub fn display_email(&self) -> &str {
        self.email
            .as_ref()
            .map_or(self.username.as_str(), EmailAddress::as_str)
    }

    /// The names its password must not be like.
    pub fn own_names(&self) -> Vec<&str> {
        let email = self.email.as_ref().map(EmailAddress::as_str);
        std::iter::once(self.username.as_str())
            .chain(email)
            .collect()
    }

    /// The account as the subject of an audit event.
    pub fn target(&self) -> Target {
        Target::user(self.id, self.username.as_str())
    }
}

/// An account that was deleted: what the store needs to remove it.
#[derive(Clone, Debug)]
pub struct DeletedUser(pub User);
