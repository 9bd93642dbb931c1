//! The caller's own account.

use dango_auth_core::password::{Password, PasswordHash};
use dango_auth_core::policy::Scope;
use dango_auth_core::user::User;
use dango_auth_store::ports::{UserReads as _, UserRow};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::sign_in::{SignedIn, Welcome};
use crate::walk::{require_free, require_session};

/// Who the caller is and what they may do.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The account.
    pub user: UserRow,
    /// Every permission held at top level, by name, also for an administrator.
    pub permissions: Vec<String>,
}

/// The caller's own account.
#[derive(Clone)]
pub struct Account<'a> {
    pub(crate) auth: &'a Auth,
}

impl<'a> Account<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Who the caller is and what they may do.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for the system, [`Error::Obliged`] for an API key of somebody who has
    /// something else to do first; [`Error::Store`].
    pub fn profile(&self, caller: &Caller) -> Result<Profile, Error> {
        let person = caller.person().ok_or(Error::Unauthenticated)?;
        if caller.via_api_key() {
            require_free(caller)?;
        }
        let now = self.auth.now();
        let user = self.auth.inner.store.read(|tx| {
            tx.user_row(person.user.id, now)?
                .ok_or(Error::Unauthenticated)
        })?;
        let permissions = person.rights.permissions_of(Scope::Global);
        let permissions = permissions.into_iter().map(str::to_owned).collect();
        Ok(Profile { user, permissions })
    }

    /// Checks the caller's password, with the guessing budget of a sign-in.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::Locked`]; [`Error::Busy`], [`Error::Store`].
    pub fn prove_password(&self, caller: &Caller, password: &Password) -> Result<(), Error> {
        self.auth.prove(caller, password).map(drop)
    }

    /// Changes the caller's password; all other sessions end and this one is replaced.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::Locked`], [`Error::WeakPassword`], [`Error::PasswordReused`],
    /// [`Error::SessionRequired`]; [`Error::Busy`], [`Error::Store`].
    pub fn change_password(
        &self,
        caller: &Caller,
        current: &Password,
        new: &Password,
    ) -> Result<SignedIn, Error> {
        require_session(caller)?;
        let person = caller.person().ok_or(Error::Unauthenticated)?;
        let session = caller.session().ok_or(Error::SessionRequired)?;
        let proved = self.auth.prove(caller, current)?;
        self.auth.check_password(new, &person.user.own_names())?;
        if current == new {
            return Err(Error::PasswordReused);
        }
        let hash = self.auth.hash_password(new)?;
        let welcome = Welcome::prepare(self.auth, session.transport, None, caller.origin())?;
        self.auth.duty(caller, |tx, desk, user| {
            unchanged(&user, &proved)?;
            let user = tx.record(user.change_password(hash.clone(), &desk.act))?;
            welcome.replace(self.auth, tx, &user, &desk.act)
        })
    }
}

/// Refuses when the password was changed by somebody else since it was proved.
fn unchanged(user: &User, proved: &PasswordHash) -> Result<(), Error> {
    let same = user
        .password
        .as_ref()
        .is_some_and(|password| password.hash == *proved);
    if same {
        Ok(())
    } else {
        Err(Error::WrongPassword)
    }
}
