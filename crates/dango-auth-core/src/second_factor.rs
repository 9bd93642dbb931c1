//! The second factor of an account: codes from an app, and codes on paper.
//!
//! ```text
//!  off ──begin──> pending (10 min) ──confirm──> on ──disable / reset──> off
//!                    └──begin again: a new seed replaces the pending one
//! ```
//!
//! Accepted time steps are remembered so that a code works once (RFC 6238 §5.2); the store moves the
//! step forward by compare-and-set, which holds under concurrency.

use chrono::{DateTime, Duration, Utc};

use crate::audit::{Act, EventName};
use crate::change::{Change, Consequence};
use crate::id::{RecoveryCodeId, SessionId, Version};
use crate::totp::{self, TotpSeed};
use crate::user::User;

/// How long a started enrolment can be finished.
pub const PENDING_LIFETIME: Duration = Duration::minutes(10);

/// How many recovery codes an account gets (contract §4.1).
pub const RECOVERY_CODES: usize = 10;

/// The second factor of one account.
#[derive(Clone, Debug, Default)]
pub enum SecondFactor {
    /// None.
    #[default]
    Off,
    /// A seed was shown; no code came back yet.
    Pending {
        /// The shown seed.
        seed: TotpSeed,
        /// When it is forgotten.
        expires_at: DateTime<Utc>,
    },
    /// Required at every sign-in.
    On {
        /// The shared seed.
        seed: TotpSeed,
        /// The last accepted time step.
        last_step: i64,
        /// Since when.
        enabled_at: DateTime<Utc>,
    },
}

/// A refused transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondFactorError {
    /// It is on already.
    #[error("the second factor is already on")]
    AlreadyOn,
    /// No enrolment was begun, or it lapsed.
    #[error("no enrolment is waiting; start the setup again")]
    NothingPending,
    /// It is off.
    #[error("the second factor is not on")]
    NotOn,
    /// The code is wrong or was used before.
    #[error("the code is wrong or was used already; wait for the next one")]
    WrongCode,
}

impl SecondFactorError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyOn => "second_factor_on",
            Self::NothingPending => "second_factor_not_pending",
            Self::NotOn => "second_factor_off",
            Self::WrongCode => "invalid_code",
        }
    }
}

/// A recovery code as the server remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecoveryCode {
    /// Names it.
    pub id: RecoveryCodeId,
    /// How it is recognised: a keyed MAC, or the digest taken over from another system.
    pub digest: [u8; 32],
}

/// What an account's second factor becomes, with the recovery codes that go with it.
#[derive(Clone, Debug)]
pub struct FactorChange {
    /// The account.
    pub user: User,
    /// Its second factor from now on.
    pub factor: SecondFactor,
    /// The codes that replace all older ones; none leaves them as they are.
    pub codes: Option<Vec<StoredRecoveryCode>>,
}

impl SecondFactor {
    /// Tells whether a code is asked for at sign-in.
    pub const fn is_on(&self) -> bool {
        matches!(self, Self::On { .. })
    }

    /// Starts an enrolment; one started before is forgotten.
    ///
    /// It is not a change of the account yet, so no event comes with it.
    ///
    /// # Errors
    /// [`SecondFactorError::AlreadyOn`].
    pub fn begin(&self, seed: TotpSeed, now: DateTime<Utc>) -> Result<Self, SecondFactorError> {
        if self.is_on() {
            return Err(SecondFactorError::AlreadyOn);
        }
        Ok(Self::Pending {
            seed,
            expires_at: now + PENDING_LIFETIME,
        })
    }

    /// Finishes the enrolment with the first code; other sessions of the account end.
    ///
    /// The recovery codes shown when the enrolment began count from now on.
    ///
    /// # Errors
    /// [`SecondFactorError::AlreadyOn`], [`SecondFactorError::NothingPending`] or
    /// [`SecondFactorError::WrongCode`].
    pub fn confirm(
        self,
        user: User,
        code: &str,
        keep: Option<SessionId>,
        act: &Act,
    ) -> Result<Change<FactorChange>, SecondFactorError> {
        let (seed, expires_at) = match self {
            Self::Pending { seed, expires_at } => (seed, expires_at),
            Self::On { .. } => return Err(SecondFactorError::AlreadyOn),
            Self::Off => return Err(SecondFactorError::NothingPending),
        };
        if act.at >= expires_at {
            return Err(SecondFactorError::NothingPending);
        }
        let last_step =
            totp::accept(&seed, code, act.at, None).ok_or(SecondFactorError::WrongCode)?;
        let factor = Self::On {
            seed,
            last_step,
            enabled_at: act.at,
        };
        let change = factor_change(user, factor, None, EventName::TWO_FA_ENABLED, act);
        Ok(change.followed_by(Consequence::EndSessions { except: keep }))
    }

    /// Switches it off for an owner who proved password and code.
    ///
    /// # Errors
    /// [`SecondFactorError::NotOn`].
    pub fn disable(self, user: User, act: &Act) -> Result<Change<FactorChange>, SecondFactorError> {
        if !self.is_on() {
            return Err(SecondFactorError::NotOn);
        }
        let none = Some(Vec::new());
        let change = factor_change(user, Self::Off, none, EventName::TWO_FA_DISABLED, act);
        // The wrong codes counted against it go with it: the next one starts anew.
        Ok(change.followed_by(Consequence::RemoveSecondFactor))
    }

    /// A second factor taken over from another system, where it was on.
    pub fn imported(
        seed: TotpSeed,
        user: User,
        codes: Vec<StoredRecoveryCode>,
        act: &Act,
    ) -> Change<FactorChange> {
        // The step before the present one: the code shown right now still works once.
        let last_step = totp::step_at(act.at).saturating_sub(2);
        let factor = Self::On {
            seed,
            last_step,
            enabled_at: act.at,
        };
        factor_change(user, factor, Some(codes), EventName::TWO_FA_ENABLED, act)
    }

    /// Replaces the recovery codes.
    ///
    /// # Errors
    /// [`SecondFactorError::NotOn`].
    pub fn regenerate(
        self,
        user: User,
        codes: Vec<StoredRecoveryCode>,
        act: &Act,
    ) -> Result<Change<FactorChange>, SecondFactorError> {
        if !self.is_on() {
            return Err(SecondFactorError::NotOn);
        }
        let name = EventName::RECOVERY_CODES_REGENERATED;
        Ok(factor_change(user, self, Some(codes), name, act))
    }
}

fn factor_change(
    mut user: User,
    factor: SecondFactor,
    codes: Option<Vec<StoredRecoveryCode>>,
    name: EventName,
    act: &Act,
) -> Change<FactorChange> {
    let base: Version = user.version;
    let event = act.event(name, user.target());
    user.version = base.next();
    user.updated_at = act.at;
    Change::new(
        base,
        FactorChange {
            user,
            factor,
            codes,
        },
        event,
    )
}
