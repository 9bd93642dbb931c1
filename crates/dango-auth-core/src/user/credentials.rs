//! Invites, passwords and the way back in.

use chrono::{DateTime, Utc};

use super::{Invite, PasswordRecord, Standing, TemporaryPassword, User, UserError};
use crate::audit::{Act, Event, EventName};
use crate::change::{Change, Consequence};
use crate::id::SessionId;
use crate::password::PasswordHash;
use crate::role;
use crate::workspace::WorkspaceAccess;

/// What a restored person gets back (contract §5, `recover EMAIL`).
#[derive(Debug)]
pub struct Recovery {
    /// The new temporary password.
    pub password: TemporaryPassword,
}

const END_ALL: Consequence = Consequence::EndSessions { except: None };

impl User {
    /// Every session made so far stops being valid.
    fn cut_off(&mut self) {
        self.security_epoch = self.security_epoch.saturating_add(1);
    }

    fn changed(mut self, event: Event, now: DateTime<Utc>) -> Change<Self> {
        let base = self.version;
        self.updated_at = now;
        self.version = base.next();
        Change::new(base, self, event)
    }

    pub(super) fn change_with(self, act: &Act, event: Event) -> Change<Self> {
        self.changed(event, act.at)
    }

    pub(super) fn cut_off_with(mut self, act: &Act, event: Event) -> Change<Self> {
        self.cut_off();
        self.changed(event, act.at).followed_by(END_ALL)
    }

    /// Makes the invite again; the link made before stops working.
    ///
    /// # Errors
    /// [`UserError::Inactive`], or [`UserError::PasswordSet`] when there is nothing to invite to.
    pub fn reinvite(mut self, invite: Invite, act: &Act) -> Result<Change<Self>, UserError> {
        if !self.is_active() {
            return Err(UserError::Inactive);
        }
        if self.password.is_some() && self.invite.is_none() {
            return Err(UserError::PasswordSet);
        }
        let event = act.event(EventName::INVITE_RESENT, self.target());
        self.invite = Some(invite);
        Ok(self.change_with(act, event))
    }

    /// Sets the first password through the link and uses the link up.
    ///
    /// # Errors
    /// [`UserError::InviteInvalid`] when the link is used, lapsed, or the account is inactive.
    pub fn accept_invite(
        mut self,
        hash: PasswordHash,
        act: &Act,
    ) -> Result<Change<Self>, UserError> {
        let open = self
            .invite
            .take()
            .is_some_and(|invite| !invite.is_expired(act.at));
        if !open || !self.is_active() {
            return Err(UserError::InviteInvalid);
        }
        self.password = Some(lasting(hash, act.at));
        let event = act.event(EventName::INVITE_ACCEPTED, self.target());
        Ok(self.cut_off_with(act, event))
    }

    /// Sets a password chosen by its owner; the caller makes a fresh session afterwards.
    pub fn change_password(mut self, hash: PasswordHash, act: &Act) -> Change<Self> {
        self.password = Some(lasting(hash, act.at));
        self.invite = None;
        let event = act.event(EventName::PASSWORD_CHANGE, self.target());
        self.cut_off_with(act, event)
    }

    /// Sets a password chosen by somebody else; an open invite dies with it.
    ///
    /// API keys stay unless `revoke_api_keys` (contract §3.4).
    pub fn reset_password(
        mut self,
        password: TemporaryPassword,
        revoke_api_keys: bool,
        act: &Act,
    ) -> Change<Self> {
        let event = act
            .event(EventName::PASSWORD_RESET, self.target())
            .detail("must_change", password.must_change)
            .detail("revoke_api_keys", revoke_api_keys);
        self.password = Some(password.into_record(act.at));
        self.invite = None;
        let change = self.cut_off_with(act, event);
        if revoke_api_keys {
            change.followed_by(Consequence::RevokeApiKeys)
        } else {
            change
        }
    }

    /// Gives a person everything back at once: active, admin everywhere, a temporary password, no
    /// second factor, no lock. Only for somebody with access to the machine's files.
    pub fn recover(mut self, recovery: Recovery, act: &Act) -> Change<Self> {
        let event = act
            .event(EventName::PASSWORD_RESET, self.target())
            .detail("recovery", true)
            .detail("old_role", self.role.as_str())
            .detail("was_active", self.is_active());
        self.standing = Standing::Active;
        self.role = role::ADMIN;
        self.access = WorkspaceAccess::Everywhere;
        self.password = Some(recovery.password.into_record(act.at));
        self.invite = None;
        self.cut_off_with(act, event)
            .followed_by(Consequence::RemoveSecondFactor)
            .followed_by(Consequence::LiftLocks)
    }

    /// Ends the account's sessions, all or all but one.
    pub fn revoke_sessions(mut self, except: Option<SessionId>, act: &Act) -> Change<Self> {
        let event = act.event(EventName::SESSIONS_REVOKED, self.target());
        if except.is_none() {
            self.cut_off();
        }
        self.changed(event, act.at)
            .followed_by(Consequence::EndSessions { except })
    }

    /// Lifts every lock of the account (contract §3.9).
    pub fn unlock(self, act: &Act) -> Change<Self> {
        let event = act.event(EventName::ACCOUNT_UNLOCKED, self.target());
        self.change_with(act, event)
            .followed_by(Consequence::LiftLocks)
    }

    /// Removes the account's second factor for an owner who lost it.
    pub fn reset_second_factor(self, act: &Act) -> Change<Self> {
        let event = act.event(EventName::TWO_FA_RESET, self.target());
        self.cut_off_with(act, event)
            .followed_by(Consequence::RemoveSecondFactor)
    }
}

/// A password its owner chose.
fn lasting(hash: PasswordHash, now: DateTime<Utc>) -> PasswordRecord {
    PasswordRecord {
        hash,
        changed_at: now,
        must_change: false,
        expires_at: None,
    }
}
