//! Sessions: recognising whoever asks, listing sessions, ending them.

mod own;
mod recognise;
mod sweep;

use std::sync::Arc;

use dango_auth_core::audit::{Act, Event, EventName, Origin};
use dango_auth_core::id::SessionId;
use dango_auth_core::session::{Ending, Session, Transport};
use dango_auth_core::token::SessionToken;
use dango_auth_core::user::User;

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;

pub(crate) use recognise::{Known, Recognition, Token, obligation};

/// What a request presents to be recognised by.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// Nothing.
    Nothing,
    /// A session's token.
    Session {
        /// The token as it came.
        token: &'a str,
        /// How it came.
        transport: Transport,
    },
    /// An API key.
    ApiKey(&'a str),
}

impl<'a> Presented<'a> {
    /// What a Bearer header carried: a session's token or an API key, whichever it looks like.
    pub fn bearer(token: &'a str) -> Self {
        match SessionToken::parse(token) {
            Ok(_) => Self::Session {
                token,
                transport: Transport::Bearer,
            },
            Err(_) => Self::ApiKey(token),
        }
    }
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// The session.
    pub session: Session,
    /// Whether it is the one asked with.
    pub is_current: bool,
}

/// Sessions.
#[derive(Clone)]
pub struct Sessions<'a> {
    auth: &'a Auth,
}

impl<'a> Sessions<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Recognises whoever asks. Where sign-in is switched off everybody is the system (contract §3.10).
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for nothing, unknown, ended, partial and wrongly travelling
    /// credentials; [`Error::Store`] when the database does not answer.
    pub fn authenticate(&self, presented: Presented<'_>, origin: Origin) -> Result<Caller, Error> {
        let recognition = self.recognise(presented, &origin)?;
        recognition.caller(self.auth, Arc::new(origin))
    }

    /// Writes the queued last-seen instants; called once a second and at the end.
    ///
    /// # Errors
    /// [`Error::Store`]; what could not be written stays queued.
    pub fn flush(&self) -> Result<(), Error> {
        self.auth.inner.touches.flush(&self.auth.inner.store)
    }
}

fn expired_event(act: &Act, session: SessionId, user: &User, ending: Ending) -> Event {
    act.event(EventName::SESSION_EXPIRED, user.target())
        .detail("session_id", session.to_string())
        .detail("reason", ending.as_str())
}
