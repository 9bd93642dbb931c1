//! Taking accounts out of use, back into use, and away.

use super::{AdminCensus, DeletedUser, Standing, User, UserError};
use crate::audit::{Act, EventName};
use crate::change::{Change, Consequence, Step};

impl User {
    /// Ends the account's access at once: all sessions end, its API keys stop working.
    ///
    /// # Errors
    /// [`UserError::SelfAction`] for oneself, [`UserError::LastAdmin`] for the last usable
    /// administrator. Done already is not an error.
    pub fn deactivate(mut self, census: &AdminCensus, act: &Act) -> Result<Step<Self>, UserError> {
        if act.actor.is_person(self.id) {
            return Err(UserError::SelfAction);
        }
        if !self.is_active() {
            return Ok(Step::Already(self));
        }
        if self.is_usable_admin(act.at) {
            census.require_another()?;
        }
        self.standing = Standing::Inactive;
        let event = act.event(EventName::USER_DEACTIVATED, self.target());
        Ok(Step::Changed(
            self.cut_off_with(act, event)
                .followed_by(Consequence::ForgetDevices),
        ))
    }

    /// Gives the account its access back; no session revives (contract §3.4).
    pub fn reactivate(mut self, act: &Act) -> Step<Self> {
        if self.is_active() {
            return Step::Already(self);
        }
        self.standing = Standing::Active;
        let event = act.event(EventName::USER_REACTIVATED, self.target());
        Step::Changed(self.cut_off_with(act, event))
    }

    /// Removes the account with its sessions, keys and factors; its history stays in the audit log.
    ///
    /// # Errors
    /// [`UserError::SelfAction`] for oneself, [`UserError::LastAdmin`] for the last usable
    /// administrator.
    pub fn delete(self, census: &AdminCensus, act: &Act) -> Result<Change<DeletedUser>, UserError> {
        if act.actor.is_person(self.id) {
            return Err(UserError::SelfAction);
        }
        if self.is_usable_admin(act.at) {
            census.require_another()?;
        }
        let event = act
            .event(EventName::USER_DELETED, self.target())
            .detail("role", self.role.as_str());
        let change = Change::new(self.version, DeletedUser(self), event);
        Ok(change.followed_by(Consequence::LiftLocks))
    }
}
