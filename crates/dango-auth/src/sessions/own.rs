//! Listing sessions, and ending them.

use dango_auth_core::audit::{EventName, Target};
use dango_auth_core::id::{SessionId, UserId};
use dango_auth_core::permission::builtin;
use dango_auth_core::session::{Ending, Session};
use dango_auth_store::ports::{
    AuditWrites as _, SessionChanges as _, SessionReads as _, UserReads as _,
};

use super::{SessionView, Sessions};
use crate::caller::Caller;
use crate::error::Error;
use crate::walk::{require_free, require_session};

impl Sessions<'_> {
    /// The caller's sessions, oldest first.
    ///
    /// # Errors
    /// [`Error::SessionRequired`] for an API key; [`Error::Store`].
    pub fn list(&self, caller: &Caller) -> Result<Vec<SessionView>, Error> {
        require_session(caller)?;
        require_free(caller)?;
        let id = caller.user_id().ok_or(Error::Unauthenticated)?;
        let sessions = self.alive(id)?;
        let current = caller.session_id();
        let view = |session: Session| SessionView {
            is_current: current == Some(session.id),
            session,
        };
        Ok(sessions.into_iter().map(view).collect())
    }

    /// Somebody's sessions, oldest first.
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.manage`, [`Error::NotFound`]; [`Error::Store`].
    pub fn list_of(&self, caller: &Caller, user: UserId) -> Result<Vec<Session>, Error> {
        self.auth.authorise(caller, builtin::USERS_MANAGE)?;
        self.alive(user)
    }

    fn alive(&self, user: UserId) -> Result<Vec<Session>, Error> {
        let now = self.auth.now();
        self.auth.inner.store.read(|tx| {
            let settings = self.auth.inner.settings.current(tx)?;
            let limits = settings.session.limits();
            let account = tx
                .user(user)?
                .ok_or_else(|| Error::no_user(user.to_string()))?;
            let mut sessions = tx.sessions_of(user)?;
            sessions.retain(|session| session.check(account.security_epoch, &limits, now).is_ok());
            Ok(sessions)
        })
    }

    /// Ends one of the caller's other sessions.
    ///
    /// # Errors
    /// [`Error::Fields`] for the current one (sign out instead), [`Error::NotFound`] for anybody
    /// else's, [`Error::SessionRequired`].
    pub fn end(&self, caller: &Caller, id: SessionId) -> Result<(), Error> {
        require_session(caller)?;
        if caller.session_id() == Some(id) {
            let text = "this is the current session; use logout to end it";
            return Err(Error::field("id", "current_session", text));
        }
        let unknown = || Error::NotFound {
            what: "session",
            name: id.to_string(),
        };
        self.auth.own_command(caller, |tx, desk, user| {
            let own = tx
                .sessions_of(user.id)?
                .iter()
                .any(|session| session.id == id);
            if !own || !tx.end_session(id, Ending::Revoked, desk.act.at)? {
                return Err(unknown());
            }
            let target = Target::session(id, user.username.as_str());
            tx.note(
                desk.act
                    .event(EventName::SESSIONS_REVOKED, target)
                    .detail("count", 1),
            );
            Ok(())
        })
    }

    /// Ends all of the caller's sessions but the current one; tells how many.
    ///
    /// # Errors
    /// [`Error::SessionRequired`]; [`Error::Store`].
    pub fn end_others(&self, caller: &Caller) -> Result<u64, Error> {
        let keep = caller.session_id();
        self.auth.own_command(caller, |tx, desk, user| {
            let ended = tx.end_sessions(user.id, keep, desk.act.at)?;
            let event = desk.act.event(EventName::SESSIONS_REVOKED, user.target());
            tx.note(event.detail("count", ended));
            Ok(ended)
        })
    }
}
