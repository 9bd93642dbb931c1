//! Role, workspace access and names of an account.

use super::{AdminCensus, User, UserError};
use crate::audit::{Act, EventName};
use crate::change::{Change, Step};
use crate::name::{EmailAddress, RoleName, Username};
use crate::role;
use crate::workspace::{AccessError, WorkspaceAccess};

impl User {
    /// Gives the account another role, other workspace access, or both.
    ///
    /// Sessions stay: rights are read anew at each request (contract §3.3).
    ///
    /// # Errors
    /// [`UserError::LastAdmin`] when it takes away the last usable administrator,
    /// [`UserError::Access`] when role and access do not go together.
    pub fn assign(
        mut self,
        role: RoleName,
        access: WorkspaceAccess,
        census: &AdminCensus,
        act: &Act,
    ) -> Result<Step<Self>, UserError> {
        if self.role == role && self.access == access {
            return Ok(Step::Already(self));
        }
        if !access.is_everywhere() && role != role::VIEWER {
            return Err(AccessError::scoped_role().into());
        }
        let stays_admin = role == role::ADMIN && access.is_everywhere();
        if self.is_usable_admin(act.at) && !stays_admin {
            census.require_another()?;
        }
        let mut events = Vec::new();
        if self.role != role {
            let event = act.event(EventName::ROLE_CHANGED, self.target());
            events.push(
                event
                    .detail("old_role", self.role.as_str())
                    .detail("new_role", role.as_str()),
            );
        }
        if self.access != access {
            let event = act.event(EventName::WORKSPACE_ACCESS_CHANGED, self.target());
            events.push(
                event
                    .detail("before", self.access.describe())
                    .detail("after", access.describe()),
            );
        }
        self.role = role;
        self.access = access;
        Ok(Step::Changed(self.with_events(events, act)))
    }

    fn with_events(self, events: Vec<crate::audit::Event>, act: &Act) -> Change<Self> {
        let mut events = events.into_iter();
        let first = events
            .next()
            .unwrap_or_else(|| act.event(EventName::ROLE_CHANGED, self.target()));
        events.fold(self.change_with(act, first), Change::and_event)
    }

    /// Changes the login name, the address, or both; sessions stay.
    pub fn rename(
        mut self,
        username: Username,
        email: Option<EmailAddress>,
        act: &Act,
    ) -> Step<Self> {
        if self.username == username && self.email == email {
            return Step::Already(self);
        }
        let event = act
            .event(EventName::USER_RENAMED, self.target())
            .detail("old_username", self.username.as_str())
            .detail("new_username", username.as_str());
        self.username = username;
        self.email = email;
        Step::Changed(self.change_with(act, event))
    }
}
