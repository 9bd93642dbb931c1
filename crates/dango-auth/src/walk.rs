//! The one walk of every command, so that nobody has to guess the order:
//! authorise the caller, then in one transaction lock, read the caller and the target again, let the
//! core decide, record the change with its event.

use std::sync::Arc;

use dango_auth_core::audit::Act;
use dango_auth_core::change::{Change, Step};
use dango_auth_core::id::UserId;
use dango_auth_core::permission::Permission;
use dango_auth_core::user::User;
use dango_auth_store::ports::{UserChanges as _, UserReads as _, UserRow};
use dango_auth_store::{ChangeTx, ReadTx};

use crate::auth::{Auth, permit};
use crate::caller::{Caller, Credential};
use crate::error::Error;
use crate::settings::Settings;

/// What a command did.
#[derive(Clone, Debug)]
pub struct Outcome<T> {
    /// The state after it.
    pub value: T,
    /// Whether anything changed; false when it was so already.
    pub changed: bool,
}

/// What a deciding closure gets: the settings in force and the act to write down.
pub(crate) struct Desk {
    pub(crate) act: Act,
    pub(crate) settings: Arc<Settings>,
}

impl Auth {
    /// Runs a command that needs `permission`.
    ///
    /// `decide` may run more than once, so it makes no ids, reads no clock and touches nothing outside.
    pub(crate) fn command<T>(
        &self,
        caller: &Caller,
        permission: Permission,
        mut decide: impl FnMut(&mut ChangeTx<'_>, &Desk) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.authorise(caller, permission)?;
        self.change(caller, |tx, desk, caller| {
            permit(caller, permission)?;
            decide(tx, desk)
        })
    }

    /// Runs a command on the caller's own account, which needs a session and waits for obligations.
    pub(crate) fn own_command<T>(
        &self,
        caller: &Caller,
        mut decide: impl FnMut(&mut ChangeTx<'_>, &Desk, User) -> Result<T, Error>,
    ) -> Result<T, Error> {
        require_free(caller)?;
        self.own(caller, |tx, desk, caller| {
            require_free(caller)?;
            decide(tx, desk, own_user(caller)?)
        })
    }

    /// Runs a command on the caller's own account that also answers while an obligation is pending,
    /// because it fulfils one (contract §3.5).
    pub(crate) fn duty<T>(
        &self,
        caller: &Caller,
        mut decide: impl FnMut(&mut ChangeTx<'_>, &Desk, User) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.own(caller, |tx, desk, caller| {
            decide(tx, desk, own_user(caller)?)
        })
    }

    fn own<T>(
        &self,
        caller: &Caller,
        mut decide: impl FnMut(&mut ChangeTx<'_>, &Desk, &Caller) -> Result<T, Error>,
    ) -> Result<T, Error> {
        require_session(caller)?;
        self.change(caller, &mut decide)
    }

    /// Locks, reads the caller and the settings again, and lets `decide` go on.
    fn change<T>(
        &self,
        caller: &Caller,
        mut decide: impl FnMut(&mut ChangeTx<'_>, &Desk, &Caller) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let act = caller.act(self.now());
        let mut epochs = None;
        let done = self.inner.store.change(|tx| {
            let caller = self.again(tx, caller)?;
            let desk = Desk {
                act: act.clone(),
                settings: self.inner.settings.current(tx)?,
            };
            let done = decide(tx, &desk, &caller)?;
            epochs = tx.settings_stay();
            Ok::<_, Error>(done)
        })?;
        self.inner.settings.stay(epochs);
        Ok(done)
    }

    /// Reads something that needs `permission`.
    pub(crate) fn look<T>(
        &self,
        caller: &Caller,
        permission: Permission,
        mut read: impl FnMut(&mut ReadTx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.authorise(caller, permission)?;
        self.inner.store.read(|tx| read(tx))
    }

    /// The caller as of this transaction: rights that were taken away meanwhile are gone.
    pub(crate) fn again(&self, tx: &mut ReadTx<'_>, caller: &Caller) -> Result<Caller, Error> {
        let Some(person) = caller.person() else {
            return Ok(caller.clone());
        };
        let person = match &person.credential {
            Credential::Session(session) => self.person_by_session(tx, &session.token_hash)?,
            Credential::ApiKey(key) => self.person_by_key(tx, key.id)?,
        };
        let person = person.ok_or(Error::Unauthenticated)?;
        Ok(Caller::person_from(
            Arc::new(person),
            caller.origin().clone(),
        ))
    }

    /// Changes one user by a transition that cannot endanger the last administrator.
    pub(crate) fn change_user(
        &self,
        caller: &Caller,
        permission: Permission,
        id: UserId,
        mut decide: impl FnMut(User, &Desk) -> Result<Step<User>, Error>,
    ) -> Result<Outcome<UserRow>, Error> {
        self.command(caller, permission, |tx, desk| {
            let user = tx.user(id)?.ok_or_else(|| Error::no_user(id.to_string()))?;
            let step = decide(user, desk)?;
            finish(tx, step, desk)
        })
    }

    /// Changes one user by a transition that must know how many other administrators there are.
    pub(crate) fn change_counted(
        &self,
        caller: &Caller,
        permission: Permission,
        id: UserId,
        mut decide: impl FnMut(
            User,
            &dango_auth_core::user::AdminCensus,
            &Desk,
        ) -> Result<Step<User>, Error>,
    ) -> Result<Outcome<UserRow>, Error> {
        self.command(caller, permission, |tx, desk| {
            let census = tx.admin_census(id, desk.act.at)?;
            let user = tx.user(id)?.ok_or_else(|| Error::no_user(id.to_string()))?;
            let step = decide(user, &census, desk)?;
            finish(tx, step, desk)
        })
    }
}

/// Records a step, if it is one, and reads the user as lists show it.
pub(crate) fn finish(
    tx: &mut ChangeTx<'_>,
    step: Step<User>,
    desk: &Desk,
) -> Result<Outcome<UserRow>, Error> {
    let (id, changed) = match step {
        Step::Already(user) => (user.id, false),
        Step::Changed(change) => (tx.record(change)?.id, true),
    };
    Ok(Outcome {
        value: row(tx, id, desk)?,
        changed,
    })
}

/// Records a change and reads the user as lists show it.
pub(crate) fn record(
    tx: &mut ChangeTx<'_>,
    change: Change<User>,
    desk: &Desk,
) -> Result<UserRow, Error> {
    let id = tx.record(change)?.id;
    row(tx, id, desk)
}

fn row(tx: &mut ChangeTx<'_>, id: UserId, desk: &Desk) -> Result<UserRow, Error> {
    tx.user_row(id, desk.act.at)?
        .ok_or(Error::Internal("a recorded user cannot be read"))
}

fn own_user(caller: &Caller) -> Result<User, Error> {
    let person = caller.person().ok_or(Error::Unauthenticated)?;
    Ok(person.user.clone())
}

/// Refuses a caller who has something else to do first (contract §3.5).
pub(crate) fn require_free(caller: &Caller) -> Result<(), Error> {
    caller
        .obligation()
        .map_or(Ok(()), |obligation| Err(Error::Obliged(obligation)))
}

/// Refuses API keys and the system where the own sign-in is managed (contract §4.1).
pub(crate) fn require_session(caller: &Caller) -> Result<(), Error> {
    if caller.via_api_key() {
        return Err(Error::SessionRequired);
    }
    if caller.person().is_none() {
        Err(Error::Unauthenticated)
    } else {
        Ok(())
    }
}
