//! What a front end over HTTP needs besides the use cases, whatever framework it is written with.
//!
//! [`Sender`] is who sends a request, [`Auth::admit`] lets them in by permission, and an [`Error`] knows its
//! [`status`](Error::status) and its [`problem`](Error::problem). With the feature `http` the types of the crate
//! of that name are understood; with `tokio` [`Auth::run`] calls use cases on threads that may wait.
//!
//! SECURITY: a [`Sender`] is recognised by its `Authorization` header and never by a cookie, so that no page of
//! another site can act for somebody. A front end with cookies has to check where its forms come from.

mod bearer;
mod document;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "tokio")]
mod run;

use std::net::IpAddr;

use dango_auth_core::audit::{Origin, Via};
use dango_auth_core::permission::PermissionType;
use zeroize::Zeroizing;

pub use bearer::bearer_token;

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::sessions::Presented;

/// Who sends a request: what it presents, and where it comes from.
#[derive(Clone)]
pub struct Sender {
    token: Option<Zeroizing<String>>,
    origin: Origin,
}

impl Sender {
    /// Reads the lines of the `Authorization` header, of which there should be one at most.
    ///
    /// `ip` is the client's address: the peer's, or what a trusted proxy says it is.
    pub fn new<'a>(authorization: impl IntoIterator<Item = &'a [u8]>, ip: IpAddr) -> Self {
        let token = bearer_token(authorization);
        Self {
            token: token.map(|token| Zeroizing::new(token.to_owned())),
            origin: Origin {
                ip: Some(ip),
                ..Origin::local(Via::Api)
            },
        }
    }

    /// Adds the user agent as it was sent, for the audit log and the list of sessions.
    #[must_use]
    pub fn with_user_agent(mut self, text: &str) -> Self {
        self.origin = self.origin.with_user_agent(text);
        self
    }

    /// Where the request comes from.
    pub fn origin(&self) -> Origin {
        self.origin.clone()
    }

    /// What it presents to be recognised by.
    pub fn presented(&self) -> Presented<'_> {
        match &self.token {
            Some(token) => Presented::bearer(token),
            None => Presented::Nothing,
        }
    }
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Auth {
    /// Recognises who sends a request.
    ///
    /// # Errors
    /// As [`Sessions::authenticate`](crate::sessions::Sessions::authenticate).
    pub fn recognise(&self, sender: &Sender) -> Result<Caller, Error> {
        self.sessions()
            .authenticate(sender.presented(), sender.origin())
    }

    /// Recognises who sends a request and refuses them without the permission `P`, with a trace in the audit log.
    ///
    /// # Errors
    /// As [`Auth::recognise`] and [`Auth::require`].
    pub fn admit<P: PermissionType>(&self, sender: &Sender) -> Result<Caller, Error> {
        let caller = self.recognise(sender)?;
        self.require_typed::<P>(&caller)?;
        Ok(caller)
    }
}
