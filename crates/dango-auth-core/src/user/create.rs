//! How accounts come to be.

use chrono::{DateTime, Utc};

use super::{Invite, PasswordRecord, Standing, User};
use crate::audit::{Act, EventName};
use crate::change::Change;
use crate::id::{UserId, Version};
use crate::name::{EmailAddress, RoleName, Username};
use crate::password::PasswordHash;
use crate::workspace::WorkspaceAccess;

/// What is decided about an account before it exists.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Its id.
    pub id: UserId,
    /// Its login name.
    pub username: Username,
    /// Its address.
    pub email: Option<EmailAddress>,
    /// Its role.
    pub role: RoleName,
    /// Its workspace access, checked against the role (contract §2).
    pub access: WorkspaceAccess,
}

/// A password made by the system or an administrator for somebody else.
#[derive(Clone, Debug)]
pub struct TemporaryPassword {
    /// The hash.
    pub hash: PasswordHash,
    /// Whether its owner must choose another at once.
    pub must_change: bool,
    /// When it stops working if unused; none for one that stays.
    pub expires_at: Option<DateTime<Utc>>,
}

impl TemporaryPassword {
    pub(super) fn into_record(self, now: DateTime<Utc>) -> PasswordRecord {
        PasswordRecord {
            hash: self.hash,
            changed_at: now,
            must_change: self.must_change,
            expires_at: self.expires_at,
        }
    }
}

impl User {
    fn from_new(new: NewUser, now: DateTime<Utc>) -> Self {
        Self {
            id: new.id,
            version: Version::NEW,
            username: new.username,
            email: new.email,
            role: new.role,
            access: new.access,
            standing: Standing::Active,
            password: None,
            invite: None,
            security_epoch: 0,
            last_login: None,
            created_at: now,
            updated_at: now,
        }
    }

    fn announced(self, name: EventName, method: &str, act: &Act) -> Change<Self> {
        let event = act
            .event(name, self.target())
            .detail("role", self.role.as_str())
            .detail("workspace_access", self.access.describe())
            .detail("method", method);
        Change::new(Version::NEW, self, event)
    }

    /// An account whose owner sets the password through a link.
    pub fn invited(new: NewUser, invite: Invite, act: &Act) -> Change<Self> {
        let mut user = Self::from_new(new, act.at);
        user.invite = Some(invite);
        user.announced(EventName::USER_CREATED, "invite", act)
    }

    /// An account with a password from the start.
    pub fn created(new: NewUser, password: TemporaryPassword, act: &Act) -> Change<Self> {
        let method = if password.must_change {
            "temp_password"
        } else {
            "password"
        };
        let mut user = Self::from_new(new, act.at);
        user.password = Some(password.into_record(act.at));
        user.announced(EventName::USER_CREATED, method, act)
    }

    /// The first administrator; setup is complete with it, for ever.
    pub fn first_admin(new: NewUser, password: TemporaryPassword, act: &Act) -> Change<Self> {
        let mut user = Self::from_new(new, act.at);
        user.password = Some(password.into_record(act.at));
        user.announced(EventName::SETUP_COMPLETED, "setup", act)
    }

    /// An administrator made on the machine by somebody who has lost all others.
    pub fn recovery_admin(new: NewUser, password: TemporaryPassword, act: &Act) -> Change<Self> {
        let mut user = Self::from_new(new, act.at);
        user.password = Some(password.into_record(act.at));
        user.announced(EventName::RECOVERY_ADMIN_CREATED, "recovery", act)
    }

    /// An account taken over from another system as it was there; `from` names that system.
    pub fn imported(user: Self, from: &str, act: &Act) -> Change<Self> {
        user.announced(EventName::USER_CREATED, &format!("import from {from}"), act)
    }
}
