//! Answers to requests that may be repeated, kept so that repeating makes nothing twice.
//!
//! The answer is kept in the transaction that makes the thing. Such transactions run one after the other on
//! every backend, so of two equal requests on two servers the second finds what the first kept, and a server
//! that dies has either made the thing and kept the answer, or done neither.

use chrono::{DateTime, Duration, Utc};
use dango_auth_core::change::Step;
use dango_auth_core::id::UserId;
use dango_auth_core::permission::Permission;
use dango_auth_core::user::User;
use dango_auth_store::ports::{
    IdempotencyReads as _, IdempotencyWrites as _, KeptAnswer, UserReads as _, UserRow,
};
use dango_auth_store::{ChangeTx, ReadTx};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::walk::{Desk, Outcome, finish};

/// How long an answer is kept.
const LIFETIME: Duration = Duration::hours(24);

/// A request that may be repeated, and how its answer is written down.
///
/// `write` runs inside the transaction, so it asks nothing of the store.
pub struct Repeatable<'a, T> {
    /// Whose request it is; keys of different callers have nothing to do with each other.
    pub caller: &'a str,
    /// The caller's name for the request.
    pub key: &'a str,
    /// Hash of the request.
    pub fingerprint: [u8; 32],
    /// Encodes what was made as the answer to give again.
    pub write: &'a dyn Fn(&T) -> Result<Vec<u8>, Error>,
}

/// What came of a request that may be repeated.
#[derive(Debug)]
pub enum Repeat<T> {
    /// It was made now.
    Fresh(T),
    /// It was made before; this was the answer. Whether it answers the same request is for the caller to see.
    Kept(KeptAnswer),
}

impl<T> Repeat<T> {
    /// What was made, where nothing could be kept because no key was given.
    pub(crate) fn fresh(self) -> Result<T, Error> {
        match self {
            Self::Fresh(made) => Ok(made),
            Self::Kept(_) => Err(Error::Internal("an answer was kept without a key")),
        }
    }
}

impl<T> Repeatable<'_, T> {
    fn recall(&self, tx: &mut ReadTx<'_>, now: DateTime<Utc>) -> Result<Option<KeptAnswer>, Error> {
        Ok(tx.kept_answer(self.caller, self.key, now)?)
    }

    fn keep(&self, tx: &mut ChangeTx<'_>, made: &T, now: DateTime<Utc>) -> Result<(), Error> {
        let kept = KeptAnswer {
            fingerprint: self.fingerprint,
            answer: (self.write)(made)?,
        };
        Ok(tx.keep_answer(self.caller, self.key, &kept, now + LIFETIME)?)
    }
}

impl Auth {
    /// Runs a command that needs `permission`, unless the same request was answered before.
    ///
    /// `decide` keeps to the rules of [`Auth::command`].
    pub(crate) fn command_once<T>(
        &self,
        caller: &Caller,
        permission: Permission,
        repeatable: Option<&Repeatable<'_, T>>,
        mut decide: impl FnMut(&mut ChangeTx<'_>, &Desk) -> Result<T, Error>,
    ) -> Result<Repeat<T>, Error> {
        self.command(caller, permission, |tx, desk| {
            once(repeatable, tx, desk.act.at, |tx| decide(tx, desk))
        })
    }

    /// Changes one user, unless the same request was answered before; `made` tells what was made with it.
    pub(crate) fn change_user_once<T>(
        &self,
        caller: &Caller,
        permission: Permission,
        id: UserId,
        repeatable: Option<&Repeatable<'_, T>>,
        mut decide: impl FnMut(User, &Desk) -> Result<Step<User>, Error>,
        made: impl Fn(Outcome<UserRow>) -> T,
    ) -> Result<Repeat<T>, Error> {
        self.command_once(caller, permission, repeatable, |tx, desk| {
            let user = tx.user(id)?.ok_or_else(|| Error::no_user(id.to_string()))?;
            let step = decide(user, desk)?;
            Ok(made(finish(tx, step, desk)?))
        })
    }

    /// Runs a command on the caller's own account, unless the same request was answered before.
    pub(crate) fn own_command_once<T>(
        &self,
        caller: &Caller,
        repeatable: Option<&Repeatable<'_, T>>,
        mut decide: impl FnMut(&mut ChangeTx<'_>, &Desk, User) -> Result<T, Error>,
    ) -> Result<Repeat<T>, Error> {
        self.own_command(caller, |tx, desk, user| {
            once(repeatable, tx, desk.act.at, |tx| decide(tx, desk, user))
        })
    }
}

fn once<T>(
    repeatable: Option<&Repeatable<'_, T>>,
    tx: &mut ChangeTx<'_>,
    now: DateTime<Utc>,
    create: impl FnOnce(&mut ChangeTx<'_>) -> Result<T, Error>,
) -> Result<Repeat<T>, Error> {
    let Some(repeatable) = repeatable else {
        return create(tx).map(Repeat::Fresh);
    };
    if let Some(kept) = repeatable.recall(tx, now)? {
        return Ok(Repeat::Kept(kept));
    }
    let made = create(tx)?;
    repeatable.keep(tx, &made, now)?;
    Ok(Repeat::Fresh(made))
}

/// Kept answers.
#[derive(Clone, Copy)]
pub struct KeptAnswers<'a> {
    auth: &'a Auth,
}

impl<'a> KeptAnswers<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// The answer kept for this caller's key, if there is one.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn recall(&self, caller: &str, key: &str) -> Result<Option<KeptAnswer>, Error> {
        let now = self.auth.now();
        self.auth
            .inner
            .store
            .read(|tx| Ok(tx.kept_answer(caller, key, now)?))
    }
}
