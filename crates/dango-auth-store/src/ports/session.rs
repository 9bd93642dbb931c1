//! Sessions.

use chrono::{DateTime, Utc};
use dango_auth_core::id::{SessionId, UserId};
use dango_auth_core::session::{Ending, Session};
use dango_auth_core::token::TokenHash;
use dango_auth_core::user::User;

use super::Touch;
use crate::Answer;

/// A session with what a request needs to know about its owner.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// The session, not ended.
    pub session: Session,
    /// Its owner.
    pub user: User,
    /// Whether the owner's second factor is on.
    pub second_factor_on: bool,
}

/// Asking about sessions. Ended ones do not exist here.
pub trait SessionReads {
    /// The session with this token, and its owner.
    fn session_by_token(&mut self, token: &TokenHash) -> Answer<Option<SessionRow>>;
    /// An account's full sessions, oldest first.
    fn sessions_of(&mut self, user: UserId) -> Answer<Vec<Session>>;
}

/// Writing sessions.
pub trait SessionWrites {
    /// Keeps a new session.
    fn insert_session(&mut self, session: &Session) -> Answer<()>;
    /// Notes activity; ended sessions and older instants are passed over.
    fn touch_sessions(&mut self, touches: &[Touch<SessionId>]) -> Answer<()>;
    /// Ends sessions beyond the `keep` newest of an account as displaced; tells how many.
    fn displace_sessions(&mut self, user: UserId, keep: u32, now: DateTime<Utc>) -> Answer<u64>;
    /// Ends at most `limit` sessions past `expires_at`, idle since `idle_before`, or (long ended)
    /// removes rows ended before `remove_before`; returns those it ended with their reason.
    fn sweep_sessions(
        &mut self,
        now: DateTime<Utc>,
        idle_before: DateTime<Utc>,
        remove_before: DateTime<Utc>,
        limit: u32,
    ) -> Answer<Vec<(SessionId, UserId, Ending)>>;
}

/// Ending sessions, seen by the next request everywhere.
pub trait SessionChanges {
    /// Ends one session; tells whether it was alive.
    fn end_session(&mut self, id: SessionId, ending: Ending, now: DateTime<Utc>) -> Answer<bool>;
    /// Ends an account's sessions but one; tells how many were alive.
    fn end_sessions(
        &mut self,
        user: UserId,
        except: Option<SessionId>,
        now: DateTime<Utc>,
    ) -> Answer<u64>;
}
