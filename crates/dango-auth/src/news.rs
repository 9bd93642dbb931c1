//! What happened to the caller's account since they were here last (ASVS 6.3.5 and 6.3.7, SP 800-63B §4.6).
//!
//! It is read from the audit log, so nothing is kept twice. Whoever guessed the password and was let in cannot
//! take it away: the next sign-in of the owner shows what came between.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::EventName;
use dango_auth_store::ports::{AuditFilter, AuditReads as _};

use crate::account::Account;
use crate::caller::Caller;
use crate::error::Error;
use crate::walk::require_session;

/// Failed sign-ins: wrong passwords, locks, and wrong codes after a right password.
const FAILURES: [EventName; 3] = [
    EventName::LOGIN_FAILED,
    EventName::ACCOUNT_LOCKED,
    EventName::TWO_FA_FAILED,
];

/// Changes of what somebody signs in with.
const CHANGES: [EventName; 6] = [
    EventName::PASSWORD_RESET,
    EventName::PASSWORD_CHANGE,
    EventName::TWO_FA_RESET,
    EventName::TWO_FA_ENABLED,
    EventName::TWO_FA_DISABLED,
    EventName::RECOVERY_CODE_USED,
];

/// Events of one sort that are counted at most.
const MOST: u32 = 100;

/// What the owner of an account should hear of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The sign-in before this one; none for the first, and then there is nothing to tell.
    pub since: Option<DateTime<Utc>>,
    /// How many attempts failed since, at most a hundred.
    pub failures: u32,
    /// The last of them.
    pub last_failure: Option<DateTime<Utc>>,
    /// The last change, before this sign-in, of what is needed to sign in.
    pub changed: Option<DateTime<Utc>>,
}

impl Account<'_> {
    /// What happened to the account since the sign-in before this one.
    ///
    /// # Errors
    /// [`Error::SessionRequired`] without a session; [`Error::Store`].
    pub fn news(&self, caller: &Caller) -> Result<News, Error> {
        require_session(caller)?;
        let person = caller.person().ok_or(Error::Unauthenticated)?;
        let session = caller.session().ok_or(Error::SessionRequired)?;
        let own = |names: &[EventName]| AuditFilter {
            names: names.to_vec(),
            user: Some(person.user.username.as_str().to_owned()),
            ..AuditFilter::default()
        };
        let before = AuditFilter {
            until: Some(session.created_at),
            ..own(&[EventName::LOGIN_SUCCESS])
        };
        self.auth.inner.store.read(|tx| {
            let Some(last) = tx.event_times(&before, 1)?.pop() else {
                return Ok(News::default());
            };
            let since = Some(last.at);
            let failures = tx.event_times(
                &AuditFilter {
                    since,
                    ..own(&FAILURES)
                },
                MOST,
            )?;
            // What is changed while signed in is known to whoever does it.
            let until = Some(session.created_at);
            let changes = AuditFilter {
                since,
                until,
                ..own(&CHANGES)
            };
            Ok(News {
                since,
                failures: u32::try_from(failures.len()).unwrap_or(MOST),
                last_failure: failures.first().map(|event| event.at),
                changed: tx.event_times(&changes, 1)?.first().map(|event| event.at),
            })
        })
    }
}
