//! A signed-in browser or script, from sign-in to its end.
//!
//! ```text
//!  password ok, second factor on ──> partial ──code──> (ended: completed) + full
//!  password ok, no second factor ──────────────────────────────────────────> full
//!  partial, full ──sign out / revoked / limit reached / cut off──> ended, for ever
//! ```
//!
//! The value of a session changes at every authentication (ASVS 7.2.4): giving the second factor ends
//! the partial session and makes a new full one.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};

use crate::id::{SessionId, UserId};
use crate::token::TokenHash;

/// How long a person may take to give the second factor (contract §4.1).
pub const PARTIAL_LIFETIME: Duration = Duration::minutes(5);

/// How a session's token travels; it is accepted no other way (contract §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// In the session cookie.
    Cookie,
    /// In the `Authorization: Bearer` header.
    Bearer,
}

impl Transport {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Cookie, Self::Bearer]
            .into_iter()
            .find(|transport| transport.as_str() == text)
    }
}

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The password was right; the second factor is still missing. Good for giving it, nothing else.
    Partial,
    /// Signed in.
    Full,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Its owner signed out.
    SignedOut,
    /// Its owner or an administrator ended it, or a change to the account did.
    Revoked,
    /// It was partial and became a full one.
    Completed,
    /// Too many wrong codes.
    TooManyFailures,
    /// The absolute limit was reached.
    Expired,
    /// Nobody used it for longer than the idle limit.
    Idle,
    /// The account held more sessions than allowed and this was the oldest.
    Displaced,
}

impl Ending {
    const ALL: [Self; 7] = [
        Self::SignedOut,
        Self::Revoked,
        Self::Completed,
        Self::TooManyFailures,
        Self::Expired,
        Self::Idle,
        Self::Displaced,
    ];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Revoked => "revoked",
            Self::Completed => "completed",
            Self::TooManyFailures => "too_many_failures",
            Self::Expired => "expired",
            Self::Idle => "idle",
            Self::Displaced => "displaced",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == text)
    }
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// The longest pause between two requests.
    pub idle: Duration,
    /// The longest life, however busy.
    pub absolute: Duration,
}

/// A session as the server remembers it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Names it in lists.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the token; the token itself is not kept.
    pub token_hash: TokenHash,
    /// How the token travels.
    pub transport: Transport,
    /// How far the sign-in has come.
    pub stage: Stage,
    /// The account's security epoch when it was made; a later epoch makes it void.
    pub security_epoch: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used; written at most once a minute.
    pub last_activity: DateTime<Utc>,
    /// When it ends however busy.
    pub expires_at: DateTime<Utc>,
    /// The address it was made from.
    pub ip: Option<IpAddr>,
    /// The browser it was made with.
    pub user_agent: Option<String>,
}

/// What a new session is made of.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// Hash of its token.
    pub token_hash: TokenHash,
    /// How the token travels.
    pub transport: Transport,
    /// The account's security epoch now.
    pub security_epoch: i64,
    /// The address it is made from.
    pub ip: Option<IpAddr>,
    /// The browser it is made with.
    pub user_agent: Option<String>,
}

impl Session {
    /// A session that waits for the second factor.
    pub fn partial(new: NewSession, now: DateTime<Utc>) -> Self {
        Self::lasting(new, Stage::Partial, PARTIAL_LIFETIME, now)
    }

    /// A complete sign-in.
    pub fn full(new: NewSession, limits: &SessionLimits, now: DateTime<Utc>) -> Self {
        Self::lasting(new, Stage::Full, limits.absolute, now)
    }

    fn lasting(new: NewSession, stage: Stage, life: Duration, now: DateTime<Utc>) -> Self {
        Self {
            id: new.id,
            user: new.user,
            token_hash: new.token_hash,
            transport: new.transport,
            stage,
            security_epoch: new.security_epoch,
            created_at: now,
            last_activity: now,
            expires_at: now
                .checked_add_signed(life)
                .unwrap_or(DateTime::<Utc>::MAX_UTC),
            ip: new.ip,
            user_agent: new.user_agent,
        }
    }

    /// When it ends if it is not used again.
    pub fn ends_at(&self, limits: &SessionLimits) -> DateTime<Utc> {
        match self.stage {
            Stage::Partial => self.expires_at,
            Stage::Full => self
                .last_activity
                .checked_add_signed(limits.idle)
                .map_or(self.expires_at, |idle_end| idle_end.min(self.expires_at)),
        }
    }

    /// Tells whether it can still be used, or which limit it reached.
    ///
    /// A clock that jumped back revives nothing: what ended was marked as ended in the store.
    ///
    /// # Errors
    /// [`Ending::Expired`], [`Ending::Idle`], or [`Ending::Revoked`] when the account was cut off.
    pub fn check(
        &self,
        account_epoch: i64,
        limits: &SessionLimits,
        now: DateTime<Utc>,
    ) -> Result<(), Ending> {
        if self.security_epoch != account_epoch {
            return Err(Ending::Revoked);
        }
        if now >= self.expires_at {
            return Err(Ending::Expired);
        }
        if now >= self.ends_at(limits) {
            return Err(Ending::Idle);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap()
    }

    /// They stand in databases that are there already.
    #[test]
    fn stored_words_stay_what_they_are_and_read_back() {
        let transports = [Transport::Cookie, Transport::Bearer];
        assert_eq!(transports.map(Transport::as_str), ["cookie", "bearer"]);
        for transport in transports {
            assert_eq!(Transport::parse(transport.as_str()), Some(transport));
        }
        let endings = [
            "signed_out",
            "revoked",
            "completed",
            "too_many_failures",
            "expired",
            "idle",
            "displaced",
        ];
        assert_eq!(Ending::ALL.map(Ending::as_str), endings);
        for ending in Ending::ALL {
            assert_eq!(Ending::parse(ending.as_str()), Some(ending));
        }
        assert_eq!(Transport::parse(""), None);
        assert_eq!(Ending::parse("xyzzy"), None);
    }

    fn limits() -> SessionLimits {
        SessionLimits {
            idle: Duration::minutes(60),
            absolute: Duration::days(30),
        }
    }

    fn new() -> NewSession {
        NewSession {
            id: SessionId::from_random([1; 16]),
            user: UserId::from_random([2; 16]),
            token_hash: TokenHash::from_bytes([3; 32]),
            transport: Transport::Cookie,
            security_epoch: 7,
            ip: None,
            user_agent: None,
        }
    }

    #[test]
    fn a_session_ends_at_the_idle_limit_to_the_second() {
        let session = Session::full(new(), &limits(), noon());
        let end = noon() + Duration::minutes(60);
        assert_eq!(
            session.check(7, &limits(), end - Duration::seconds(1)),
            Ok(())
        );
        assert_eq!(session.check(7, &limits(), end), Err(Ending::Idle));
    }

    #[test]
    fn activity_never_extends_the_absolute_limit() {
        let mut session = Session::full(new(), &limits(), noon());
        let end = noon() + Duration::days(30);
        session.last_activity = end - Duration::seconds(1);
        assert_eq!(
            session.check(7, &limits(), end - Duration::seconds(1)),
            Ok(())
        );
        assert_eq!(session.check(7, &limits(), end), Err(Ending::Expired));
    }

    #[test]
    fn a_session_of_an_earlier_security_epoch_is_void() {
        let session = Session::full(new(), &limits(), noon());
        assert_eq!(session.check(8, &limits(), noon()), Err(Ending::Revoked));
        assert_eq!(session.check(6, &limits(), noon()), Err(Ending::Revoked));
    }

    #[test]
    fn a_partial_session_lives_five_minutes_and_has_no_idle_limit() {
        let short = SessionLimits {
            idle: Duration::minutes(1),
            ..limits()
        };
        let session = Session::partial(new(), noon());
        let end = noon() + Duration::minutes(5);
        assert_eq!(session.check(7, &short, end - Duration::seconds(1)), Ok(()));
        assert_eq!(session.check(7, &short, end), Err(Ending::Expired));
    }

    proptest::proptest! {
        /// Whole seconds counted by hand, without the rules under test.
        #[test]
        fn limits_agree_with_counting_seconds_by_hand(
            idle in 1_i64..5_000,
            absolute in 1_i64..5_000,
            activity in 0_i64..6_000,
            asked in 0_i64..6_000,
            epoch in 6_i64..9,
        ) {
            let limits = SessionLimits {
                idle: Duration::seconds(idle),
                absolute: Duration::seconds(absolute),
            };
            let mut session = Session::full(new(), &limits, noon());
            session.last_activity = noon() + Duration::seconds(activity);
            let expected = if epoch != 7 {
                Err(Ending::Revoked)
            } else if asked >= absolute {
                Err(Ending::Expired)
            } else if asked >= activity + idle {
                Err(Ending::Idle)
            } else {
                Ok(())
            };
            let found = session.check(epoch, &limits, noon() + Duration::seconds(asked));
            proptest::prop_assert_eq!(found, expected);
        }
    }
}
