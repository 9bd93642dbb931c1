//! A password asked for within a session, counted for that session alone.
//!
//! SECURITY: whoever holds a stolen session gets the guesses of one pair (`security.md` §4.7, U15), and
//! neither those guesses nor what strangers do at the door keep the owner out of another session.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{Act, EventName};
use dango_auth_core::lockout::{
    AccountKey, Admission, LockoutEvent, Outcome, PairState, Refusal, Reservation,
};
use dango_auth_core::password::{Password, PasswordHash};
use dango_auth_core::user::User;
use dango_auth_store::WriteTx;
use dango_auth_store::ports::{AuditWrites as _, LockoutWrites as _};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::walk::require_session;

/// Where one session's prompts are counted.
struct Prompt<'a> {
    user: &'a User,
    account: AccountKey,
    source: String,
}

impl Auth {
    /// Proves the caller's own password under the lockout and tells which hash it matched.
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::Locked`] while or as soon as too many were wrong in this
    /// session; [`Error::SessionRequired`], [`Error::Busy`], [`Error::Store`].
    pub(crate) fn prove(
        &self,
        caller: &Caller,
        password: &Password,
    ) -> Result<PasswordHash, Error> {
        require_session(caller)?;
        let (Some(person), Some(session)) = (caller.person(), caller.session()) else {
            return Err(Error::Unauthenticated);
        };
        let prompt = Prompt {
            user: &person.user,
            account: AccountKey::of_user(&self.inner.keys.lockout, person.user.id),
            source: format!("session:{}", session.id),
        };
        let reservation = self.reserve_prompt(&prompt)?;
        let hash = person.user.password.as_ref().map(|record| &record.hash);
        match self.inner.hasher.verify(password, hash) {
            Ok(verdict) => {
                let proved = hash.filter(|_| verdict.matches).cloned();
                let outcome = match proved {
                    Some(_) => Outcome::Succeeded,
                    None => Outcome::Failed,
                };
                self.settle_prompt(&prompt, &reservation, outcome, caller)?;
                proved.ok_or(Error::WrongPassword)
            }
            Err(error) => {
                self.settle_prompt(&prompt, &reservation, Outcome::Released, caller)?;
                Err(error.into())
            }
        }
    }

    fn reserve_prompt(&self, prompt: &Prompt<'_>) -> Result<Reservation, Error> {
        let at = self.now();
        self.inner.store.write(|tx| {
            let limits = self.inner.settings.current(tx)?.lockout.limits();
            let mut state = prompt.load(tx)?;
            match state.reserve(limits, at) {
                Admission::Refused(refusal) => Err(locked(&refusal, at)),
                Admission::Proceed(reservation) => {
                    prompt.store(tx, &state, at)?;
                    Ok(reservation)
                }
            }
        })
    }

    fn settle_prompt(
        &self,
        prompt: &Prompt<'_>,
        reservation: &Reservation,
        outcome: Outcome,
        caller: &Caller,
    ) -> Result<(), Error> {
        let act = caller.act(self.now());
        let settlement = self.inner.store.write(|tx| {
            let limits = self.inner.settings.current(tx)?.lockout.limits();
            let mut state = prompt.load(tx)?;
            let settlement = state.settle(reservation, outcome, limits, act.at);
            prompt.store(tx, &state, act.at)?;
            if outcome == Outcome::Failed {
                prompt.note(tx, &act, &settlement.events);
            }
            Ok::<_, Error>(settlement)
        })?;
        match settlement.refusal {
            Some(refusal) => Err(locked(&refusal, act.at)),
            None => Ok(()),
        }
    }
}

impl Prompt<'_> {
    fn load(&self, tx: &mut WriteTx<'_>) -> Result<PairState, Error> {
        Ok(tx.pair(&self.account, &self.source)?)
    }

    fn store(
        &self,
        tx: &mut WriteTx<'_>,
        state: &PairState,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        Ok(tx.put_pair(&self.account, &self.source, state, now)?)
    }

    fn note(&self, tx: &mut WriteTx<'_>, act: &Act, events: &[LockoutEvent]) {
        let failed = act.event(EventName::LOGIN_FAILED, self.user.target());
        tx.note(failed.detail("reason", "wrong_current_password").failed());
        for event in events {
            if let LockoutEvent::Locked(_) = event {
                let locked = act.event(EventName::ACCOUNT_LOCKED, self.user.target());
                tx.note(locked.detail("layer", "session").denied());
            }
        }
    }
}

fn locked(refusal: &Refusal, now: DateTime<Utc>) -> Error {
    Error::Locked {
        remaining_seconds: u64::from(refusal.remaining_seconds(now)),
    }
}
