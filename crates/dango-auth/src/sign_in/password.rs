//! Signing in with a password.

use dango_auth_core::audit::{Act, Actor, EventName, Target};
use dango_auth_core::lockout::{LockoutLimits, Outcome};
use dango_auth_core::name::LoginName;
use dango_auth_core::password::{Password, PasswordHash};
use dango_auth_core::session::Session;
use dango_auth_core::user::User;
use dango_auth_store::WriteTx;
use dango_auth_store::ports::{
    AuditWrites as _, FactorReads as _, SessionWrites as _, UserReads as _, UserWrites as _,
};

use super::attempt::{Attempt, settle};
use super::{PasswordAttempt, SignIn, SignInArea, Welcome};
use crate::auth::{Auth, printable};
use crate::counts::SignInOutcome;
use crate::error::Error;

/// What a sign-in came to once its attempt was settled.
enum Settled {
    Refused(Error),
    Done(SignIn),
}

impl SignInArea<'_> {
    /// Tries a login name and a password.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] for every sort of wrong pair, [`Error::Locked`] while or as soon
    /// as too many attempts failed, [`Error::Busy`]; [`Error::Store`].
    pub fn with_password(&self, attempt: &PasswordAttempt) -> Result<SignIn, Error> {
        let done = self.try_password(attempt);
        self.auth.inner.counters.sign_in(match &done {
            Ok(SignIn::Complete(_)) => SignInOutcome::Complete,
            Ok(SignIn::SecondFactorNeeded { .. }) => SignInOutcome::SecondFactorNeeded,
            Err(error) => SignInOutcome::of(error),
        });
        done
    }

    fn try_password(&self, attempt: &PasswordAttempt) -> Result<SignIn, Error> {
        let auth = self.auth;
        let Ok(name) = LoginName::parse(&attempt.login) else {
            return self.refuse_malformed(attempt);
        };
        let device = attempt.device.as_deref();
        let welcome = Welcome::prepare(auth, attempt.transport, device, &attempt.origin)?;
        let reserved = auth.reserve(&name, device, &attempt.origin)?;
        let hash = reserved.user.as_ref().and_then(stored_hash);
        let verified = auth.inner.hasher.verify(&attempt.password, hash.as_ref());
        let verdict = match verified {
            Ok(verdict) => verdict,
            Err(error) => {
                release(auth, &reserved)?;
                return Err(error.into());
            }
        };
        let proved = hash.filter(|_| verdict.matches);
        let settled = self.settle_sign_in(&reserved, proved.as_ref(), &welcome)?;
        match settled {
            Settled::Refused(error) => Err(error),
            Settled::Done(done) => {
                if verdict.needs_rehash
                    && let (Some(user), Some(old)) = (&reserved.user, &proved)
                {
                    self.strengthen(user, old, &attempt.password);
                }
                Ok(done)
            }
        }
    }

    /// Nobody can have such a name, so nothing is counted and no hash is worth its cost.
    fn refuse_malformed(&self, attempt: &PasswordAttempt) -> Result<SignIn, Error> {
        let typed = printable(&attempt.login);
        let act = Act {
            actor: Auth::stranger(&typed),
            origin: attempt.origin.clone(),
            at: self.auth.now(),
        };
        let event = act
            .event(EventName::LOGIN_FAILED, Target::unknown_user(typed))
            .detail("reason", "malformed_name")
            .failed();
        self.auth.inner.store.write(|tx| {
            tx.note(event.clone());
            Ok::<_, Error>(())
        })?;
        Err(Error::InvalidCredentials)
    }

    fn settle_sign_in(
        &self,
        attempt: &Attempt,
        proved: Option<&PasswordHash>,
        welcome: &Welcome,
    ) -> Result<Settled, Error> {
        let auth = self.auth;
        let at = auth.now();
        auth.inner.store.write(|tx| {
            let limits = auth.inner.settings.current(tx)?.lockout.limits();
            match still_proved(tx, attempt, proved)? {
                Ok(user) => {
                    let actor = Actor::user(user.id, user.username.as_str());
                    let act = Act {
                        actor,
                        origin: welcome.origin().clone(),
                        at,
                    };
                    self.let_in(tx, attempt, &user, welcome, limits, &act)
                        .map(Settled::Done)
                }
                Err(reason) => {
                    let settlement = settle(tx, attempt, Outcome::Failed, limits, at)?;
                    tx.note(attempt.failed(reason, at));
                    let error = settlement
                        .refusal
                        .map_or(Error::InvalidCredentials, |refusal| {
                            let remaining_seconds = u64::from(refusal.remaining_seconds(at));
                            Error::Locked { remaining_seconds }
                        });
                    Ok(Settled::Refused(error))
                }
            }
        })
    }

    fn let_in(
        &self,
        tx: &mut WriteTx<'_>,
        attempt: &Attempt,
        user: &User,
        welcome: &Welcome,
        limits: LockoutLimits,
        act: &Act,
    ) -> Result<SignIn, Error> {
        if tx.second_factor(user.id)?.is_on() {
            // The door is not open yet: what was counted is taken out, nothing is reset.
            let _ = settle(tx, attempt, Outcome::Released, limits, act.at)?;
            let session = Session::partial(welcome.new_session(user), act.at);
            tx.insert_session(&session)?;
            return Ok(SignIn::SecondFactorNeeded {
                token: welcome.token().clone(),
                expires_at: session.expires_at,
            });
        }
        let _ = settle(tx, attempt, Outcome::Succeeded, limits, act.at)?;
        let event = act
            .event(EventName::LOGIN_SUCCESS, user.target())
            .detail("method", "password");
        let signed_in = welcome.open(self.auth, tx, user, act)?;
        tx.note(event);
        Ok(SignIn::Complete(Box::new(signed_in)))
    }

    /// Replaces the stored hash by one with the parameters of today; a failure is no failed sign-in.
    fn strengthen(&self, user: &User, old: &PasswordHash, password: &Password) {
        let done = self.auth.hash_password(password).and_then(|new| {
            self.auth
                .inner
                .store
                .change(|tx| Ok(tx.replace_hash(user.id, old, &new)?))
        });
        if let Err(error) = done {
            tracing::warn!(user = %user.id, %error, "the password could not be hashed anew");
        }
    }
}

/// The hash to compare with; accounts without one get the same work as unknown names.
fn stored_hash(user: &User) -> Option<PasswordHash> {
    user.password.as_ref().map(|password| password.hash.clone())
}

/// The user as of now if the proof still holds, or the reason why nobody is let in.
fn still_proved(
    tx: &mut WriteTx<'_>,
    attempt: &Attempt,
    proved: Option<&PasswordHash>,
) -> Result<Result<User, &'static str>, Error> {
    let Some(before) = &attempt.user else {
        tx.read_somebody()?;
        return Ok(Err("unknown_user"));
    };
    let Some(user) = tx.user(before.id)? else {
        return Ok(Err("unknown_user"));
    };
    let Some(password) = user.password.as_ref() else {
        return Ok(Err("invited"));
    };
    if !user.is_active() {
        return Ok(Err("inactive"));
    }
    if proved != Some(&password.hash) {
        return Ok(Err("wrong_password"));
    }
    if !password.is_usable(attempt.at()) {
        return Ok(Err("password_lapsed"));
    }
    Ok(Ok(user))
}

/// Takes an attempt that was not evaluated out of the count again.
fn release(auth: &Auth, attempt: &Attempt) -> Result<(), Error> {
    let at = auth.now();
    auth.inner.store.write(|tx| {
        let limits = auth.inner.settings.current(tx)?.lockout.limits();
        let _ = settle(tx, attempt, Outcome::Released, limits, at)?;
        Ok(())
    })
}
