//! Signing in with the second factor, and the guessing budget of its codes.
//!
//! Wrong codes are counted per account in the store: a new partial session, another process or a right
//! password gives no further guesses (`security.md` §4.7).

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{Act, Actor, EventName};
use dango_auth_core::id::UserId;
use dango_auth_core::lockout::{Admission, FactorReservation, LockoutEvent, Outcome, Settlement};
use dango_auth_core::recovery_code::RecoveryCode;
use dango_auth_core::second_factor::{SecondFactor, SecondFactorError};
use dango_auth_core::session::{Ending, Session, Stage};
use dango_auth_core::token::SessionToken;
use dango_auth_core::totp;
use dango_auth_core::user::User;
use dango_auth_store::ports::{
    AuditWrites as _, FactorReads as _, FactorWrites as _, LockoutWrites as _, SessionChanges as _,
    SessionReads as _, SessionRow,
};
use dango_auth_store::{ChangeTx, WriteTx};

use super::{SecondFactorAttempt, SignInArea, SignedIn, Welcome};
use crate::auth::Auth;
use crate::caller::Caller;
use crate::counts::SignInOutcome;
use crate::error::Error;

impl SignInArea<'_> {
    /// Completes a sign-in with a code from the app or a recovery code.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without a valid partial session, `invalid_code` for a wrong or used
    /// code, [`Error::TooManyCodes`] for the last wrong one, which also ends the partial session, and
    /// [`Error::Locked`] while the factor is locked; [`Error::Store`].
    pub fn with_second_factor(&self, attempt: &SecondFactorAttempt) -> Result<SignedIn, Error> {
        let done = self.try_second_factor(attempt);
        self.auth.inner.counters.sign_in(match &done {
            Ok(_) => SignInOutcome::Complete,
            Err(error) => SignInOutcome::of(error),
        });
        done
    }

    fn try_second_factor(&self, attempt: &SecondFactorAttempt) -> Result<SignedIn, Error> {
        let auth = self.auth;
        let token = SessionToken::parse(&attempt.token).map_err(|_| Error::Unauthenticated)?;
        let token = token.hash();
        let device = attempt.device.as_deref();
        let welcome = Welcome::prepare(auth, attempt.transport, device, &attempt.origin)?;
        let at = auth.now();
        let settled: Result<SignedIn, Error> = auth.inner.store.change(|tx| {
            let row = tx.session_by_token(&token)?.ok_or(Error::Unauthenticated)?;
            check_partial(&row.session, &row.user, attempt, at)?;
            let actor = Actor::user(row.user.id, row.user.username.as_str());
            let act = Act {
                actor,
                origin: attempt.origin.clone(),
                at,
            };
            self.try_code(tx, &row, attempt, &welcome, &act)
        })?;
        settled
    }

    /// Tries the code; the inner error is an outcome to commit, so that the count stays.
    fn try_code(
        &self,
        tx: &mut ChangeTx<'_>,
        row: &SessionRow,
        attempt: &SecondFactorAttempt,
        welcome: &Welcome,
        act: &Act,
    ) -> Result<Result<SignedIn, Error>, Error> {
        let id = row.user.id;
        let mut state = tx.factor_attempts(id)?;
        let reservation = match state.reserve(act.at) {
            Admission::Proceed(reservation) => reservation,
            Admission::Refused(refusal) => {
                let remaining_seconds = u64::from(refusal.remaining_seconds(act.at));
                let event = act.event(EventName::TWO_FA_FAILED, row.user.target());
                tx.note(event.detail("reason", "locked").denied());
                return Ok(Err(Error::Locked { remaining_seconds }));
            }
        };
        let right = self.is_right(tx, &row.user, attempt, act)?;
        let outcome = if right {
            Outcome::Succeeded
        } else {
            Outcome::Failed
        };
        let settlement = state.settle(&reservation, outcome, act.at);
        tx.put_factor_attempts(id, &state, act.at)?;
        if right {
            return self.complete(tx, row, attempt, welcome, act).map(Ok);
        }
        note_failure(tx, &row.user, &settlement, act);
        if settlement.refusal.is_some() {
            tx.end_session(row.session.id, Ending::TooManyFailures, act.at)?;
            return Ok(Err(Error::TooManyCodes));
        }
        Ok(Err(SecondFactorError::WrongCode.into()))
    }

    fn is_right(
        &self,
        tx: &mut ChangeTx<'_>,
        user: &User,
        attempt: &SecondFactorAttempt,
        act: &Act,
    ) -> Result<bool, Error> {
        if attempt.recovery {
            return self.auth.accept_recovery(tx, user, &attempt.code, act);
        }
        let factor = tx.second_factor(user.id)?;
        accept_code(tx, user.id, &factor, &attempt.code, act.at)
    }

    fn complete(
        &self,
        tx: &mut ChangeTx<'_>,
        row: &SessionRow,
        attempt: &SecondFactorAttempt,
        welcome: &Welcome,
        act: &Act,
    ) -> Result<SignedIn, Error> {
        tx.end_session(row.session.id, Ending::Completed, act.at)?;
        let device = attempt.device.as_deref();
        self.auth.settle_completed(tx, &row.user, device, act)?;
        let method = if attempt.recovery {
            "recovery_code"
        } else {
            "totp"
        };
        let event = act
            .event(EventName::LOGIN_SUCCESS, row.user.target())
            .detail("method", method);
        let signed_in = welcome.open(self.auth, tx, &row.user, act)?;
        tx.note(event);
        Ok(signed_in)
    }
}

fn check_partial(
    session: &Session,
    user: &User,
    attempt: &SecondFactorAttempt,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let fits = session.stage == Stage::Partial
        && session.transport == attempt.transport
        && session.security_epoch == user.security_epoch
        && now < session.expires_at
        && user.is_active();
    if fits {
        Ok(())
    } else {
        Err(Error::Unauthenticated)
    }
}

fn note_failure(tx: &mut WriteTx<'_>, user: &User, settlement: &Settlement, act: &Act) {
    tx.note(act.event(EventName::TWO_FA_FAILED, user.target()).failed());
    for event in &settlement.events {
        if let LockoutEvent::Locked(refusal) = event {
            let event = act.event(EventName::ACCOUNT_LOCKED, user.target());
            tx.note(event.detail("layer", refusal.layer.name()).denied());
        }
    }
}

/// Accepts a code from the app, once: its time step moves forward by compare-and-set.
pub(crate) fn accept_code(
    tx: &mut WriteTx<'_>,
    user: UserId,
    factor: &SecondFactor,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let SecondFactor::On {
        seed, last_step, ..
    } = factor
    else {
        return Ok(false);
    };
    match totp::accept(seed, code, now, Some(*last_step)) {
        Some(step) => Ok(tx.advance_step(user, step)?),
        None => Ok(false),
    }
}

impl Auth {
    /// Accepts a recovery code and uses it up.
    fn accept_recovery(
        &self,
        tx: &mut WriteTx<'_>,
        user: &User,
        code: &str,
        act: &Act,
    ) -> Result<bool, Error> {
        let Ok(code) = RecoveryCode::parse(code) else {
            return Ok(false);
        };
        let mac = code.mac(&self.inner.keys.recovery);
        if !tx.second_factor(user.id)?.is_on()
            || tx.consume_recovery_code(user.id, &[mac])?.is_none()
        {
            return Ok(false);
        }
        let left = tx.recovery_codes_left(user.id)?;
        let event = act.event(EventName::RECOVERY_CODE_USED, user.target());
        tx.note(event.detail("codes_left", left));
        Ok(true)
    }

    /// Counts an attempt of a signed-in person to give a code.
    pub(crate) fn reserve_own_code(&self, caller: &Caller) -> Result<FactorReservation, Error> {
        let user = caller.user_id().ok_or(Error::Unauthenticated)?;
        let at = self.now();
        self.inner.store.write(|tx| {
            let mut state = tx.factor_attempts(user)?;
            match state.reserve(at) {
                Admission::Refused(refusal) => {
                    let remaining_seconds = u64::from(refusal.remaining_seconds(at));
                    Err(Error::Locked { remaining_seconds })
                }
                Admission::Proceed(reservation) => {
                    tx.put_factor_attempts(user, &state, at)?;
                    Ok(reservation)
                }
            }
        })
    }

    /// Settles it by what became of the command: only a wrong code counts as a failure.
    pub(crate) fn settle_own_code(
        &self,
        caller: &Caller,
        reservation: &FactorReservation,
        done: &Result<(), Error>,
    ) -> Result<(), Error> {
        let person = caller.person().ok_or(Error::Unauthenticated)?;
        let act = caller.act(self.now());
        let wrong = matches!(done, Err(Error::SecondFactor(SecondFactorError::WrongCode)));
        let outcome = match done {
            Ok(()) => Outcome::Succeeded,
            Err(_) if wrong => Outcome::Failed,
            Err(_) => Outcome::Released,
        };
        self.inner.store.write(|tx| {
            let mut state = tx.factor_attempts(person.user.id)?;
            let settlement = state.settle(reservation, outcome, act.at);
            tx.put_factor_attempts(person.user.id, &state, act.at)?;
            if wrong {
                note_failure(tx, &person.user, &settlement, &act);
            }
            Ok(())
        })
    }
}
