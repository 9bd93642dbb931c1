//! The way back in for somebody who can open the machine's files.

use dango_auth_core::id::UserId;
use dango_auth_core::name::{EmailAddress, LoginName, Username};
use dango_auth_core::role;
use dango_auth_core::secret::Secret;
use dango_auth_core::user::{NewUser, Recovery, User};
use dango_auth_core::workspace::WorkspaceAccess;
use dango_auth_store::ports::{
    InstallationChanges as _, InstallationReads as _, UserReads as _, UserRow,
};

use crate::auth::{Auth, is_local, printable};
use crate::caller::Caller;
use crate::error::Error;

/// A person who can sign in again.
#[derive(Debug)]
pub struct Recovered {
    /// The account.
    pub user: UserRow,
    /// The temporary password, shown once.
    pub password: Secret,
}

/// The way back in.
#[derive(Clone)]
pub struct RecoveryArea<'a> {
    auth: &'a Auth,
}

impl<'a> RecoveryArea<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Restores a person in one transaction: active, admin, new temporary password, no second factor,
    /// no lock (contract §5).
    ///
    /// # Errors
    /// [`Error::LocalOnly`] over the network, [`Error::NotFound`]; [`Error::Store`].
    pub fn restore(&self, caller: &Caller, login: &str) -> Result<Recovered, Error> {
        require_local(caller)?;
        let unknown = || Error::no_user(printable(login));
        let name = LoginName::parse(login).map_err(|_| unknown())?;
        let (temporary, secret) = self.auth.temporary_password()?;
        let act = caller.act(self.auth.now());
        let user = self.auth.inner.store.change(|tx| {
            let user = tx.user_by_login(&name)?.ok_or_else(unknown)?;
            let recovery = Recovery {
                password: temporary.clone(),
            };
            let user = tx.record(user.recover(recovery, &act))?;
            tx.user_row(user.id, act.at)?
                .ok_or(Error::Internal("a recorded user cannot be read"))
        })?;
        Ok(Recovered {
            user,
            password: secret,
        })
    }

    /// Makes another administrator.
    ///
    /// # Errors
    /// `user_exists` (restore that person instead), [`Error::LocalOnly`]; [`Error::Store`].
    pub fn make_admin(&self, caller: &Caller, email: &EmailAddress) -> Result<Recovered, Error> {
        require_local(caller)?;
        let username =
            Username::parse(email.as_str()).map_err(|error| Error::name("email", &error))?;
        let (temporary, secret) = self.auth.temporary_password()?;
        let new = NewUser {
            id: UserId::from_uuid(self.auth.inner.ambient.uuid()?),
            username,
            email: Some(email.clone()),
            role: role::ADMIN,
            access: WorkspaceAccess::Everywhere,
        };
        let act = caller.act(self.auth.now());
        let name =
            LoginName::parse(email.as_str()).map_err(|error| Error::name("email", &error))?;
        let user = self.auth.inner.store.change(|tx| {
            if tx.user_by_login(&name)?.is_some() {
                return Err(Error::Exists {
                    what: "user",
                    name: email.to_string(),
                });
            }
            let user = tx.record(User::recovery_admin(new.clone(), temporary.clone(), &act))?;
            if tx.installation()?.setup_completed_at.is_none() {
                tx.complete_setup(act.at)?;
            }
            tx.user_row(user.id, act.at)?
                .ok_or(Error::Internal("a recorded user cannot be read"))
        })?;
        Ok(Recovered {
            user,
            password: secret,
        })
    }
}

fn require_local(caller: &Caller) -> Result<(), Error> {
    if caller.is_system() && is_local(caller) {
        Ok(())
    } else {
        Err(Error::LocalOnly)
    }
}
