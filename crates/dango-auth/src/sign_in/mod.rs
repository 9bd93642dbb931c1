//! Signing in and out.
//!
//! A password sign-in is two short transactions around one hash: *reserve* an attempt, which counts as
//! failed until proven otherwise; verify outside any transaction; *settle*. Unknown names, wrong
//! passwords, inactive and invited accounts take the same way and get the same answer (contract §3.9).

mod attempt;
mod password;
mod prompt;
mod second_factor;
mod welcome;

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{EventName, Origin, Target};
use dango_auth_core::password::Password;
use dango_auth_core::session::{Ending, Session, Transport};
use dango_auth_core::token::{DeviceToken, SessionToken};
use dango_auth_store::ports::{AuditWrites as _, SessionChanges as _, UserRow};

pub(crate) use second_factor::accept_code;
pub(crate) use welcome::Welcome;

use crate::auth::Auth;
use crate::caller::{Caller, Obligation};
use crate::error::Error;
use crate::walk::require_session;

/// Sessions one account may have at a time; the oldest go first.
pub const SESSIONS_PER_USER: u32 = 50;

/// A login name and a password to try.
#[derive(Debug)]
pub struct PasswordAttempt {
    /// What was typed: username or email.
    pub login: String,
    /// What was typed.
    pub password: Password,
    /// How the session is to travel.
    pub transport: Transport,
    /// The device's token from an earlier sign-in, as it was presented.
    pub device: Option<String>,
    /// Where the attempt comes from.
    pub origin: Origin,
}

impl PasswordAttempt {
    /// An attempt from a device that was never seen before.
    ///
    /// # Errors
    /// [`Error::Fields`] on `password` for what no password can be.
    pub fn new(
        login: impl Into<String>,
        password: &str,
        transport: Transport,
        origin: Origin,
    ) -> Result<Self, Error> {
        let password = Password::new(password)
            .map_err(|error| Error::field("password", "too_long", error.to_string()))?;
        Ok(Self {
            login: login.into(),
            password,
            transport,
            device: None,
            origin,
        })
    }
}

/// A second factor to try.
#[derive(Debug)]
pub struct SecondFactorAttempt {
    /// The partial session's token.
    pub token: String,
    /// How it came, and how the full session is to travel.
    pub transport: Transport,
    /// The code.
    pub code: String,
    /// Whether it is a recovery code.
    pub recovery: bool,
    /// The device's token from an earlier sign-in, as it was presented.
    pub device: Option<String>,
    /// Where the attempt comes from.
    pub origin: Origin,
}

/// How far a sign-in came.
#[derive(Debug)]
pub enum SignIn {
    /// All the way.
    Complete(Box<SignedIn>),
    /// The password was right; the second factor is missing.
    SecondFactorNeeded {
        /// Token of the partial session.
        token: SessionToken,
        /// When it lapses.
        expires_at: DateTime<Utc>,
    },
}

/// A complete sign-in.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's token; the only time it is known.
    pub token: SessionToken,
    /// The session.
    pub session: Session,
    /// When it ends if it is not used again, or at the latest.
    pub expires_at: DateTime<Utc>,
    /// The person, with the last sign-in before this one.
    pub user: UserRow,
    /// The device's token; whoever presents it next time is known.
    pub device: DeviceToken,
    /// What has to be done first.
    pub obligation: Option<Obligation>,
    /// Whether the password must be changed.
    pub must_change_password: bool,
    /// Whether a second factor must be set up.
    pub requires_2fa_setup: bool,
}

/// Signing in and out.
#[derive(Clone)]
pub struct SignInArea<'a> {
    auth: &'a Auth,
}

impl<'a> SignInArea<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Ends the caller's session, at once and everywhere.
    ///
    /// # Errors
    /// [`Error::SessionRequired`] for an API key; [`Error::Store`].
    pub fn sign_out(&self, caller: &Caller) -> Result<(), Error> {
        require_session(caller)?;
        let (Some(session), Some(person)) = (caller.session(), caller.person()) else {
            return Err(Error::Unauthenticated);
        };
        let act = caller.act(self.auth.now());
        let target = Target::user(person.user.id, person.user.username.as_str());
        let event = act.event(EventName::LOGOUT, target);
        self.auth.inner.store.change(|tx| {
            if tx.end_session(session.id, Ending::SignedOut, act.at)? {
                tx.note(event.clone());
            }
            Ok(())
        })
    }
}
