//! Giving somebody another password.

use dango_auth_core::change::Step;
use dango_auth_core::id::UserId;
use dango_auth_core::password::Password;
use dango_auth_core::permission::builtin;
use dango_auth_core::secret::Secret;
use dango_auth_core::user::{TemporaryPassword, User};
use dango_auth_store::ports::UserRow;

use super::Users;
use crate::caller::Caller;
use crate::error::Error;
use crate::kept_answers::{Repeat, Repeatable};
use crate::walk::{Desk, Outcome};

/// How a password is reset.
#[derive(Debug)]
pub enum ResetPassword {
    /// The system makes a temporary one.
    Generate,
    /// Somebody chose one for the person.
    Given {
        /// The chosen password.
        password: Password,
        /// Whether its owner must choose another at once.
        must_change: bool,
    },
}

/// A reset password.
#[derive(Debug)]
pub struct ResetDone {
    /// The account after it.
    pub user: UserRow,
    /// The made password; shown once.
    pub temporary: Option<Secret>,
}

impl Users<'_> {
    /// Sets a password for somebody else; all their sessions end (contract §3.4).
    ///
    /// # Errors
    /// [`Error::WeakPassword`] for a given one, [`Error::NotFound`], [`Error::Denied`].
    pub fn reset_password(
        &self,
        caller: &Caller,
        id: UserId,
        how: ResetPassword,
        revoke_api_keys: bool,
    ) -> Result<ResetDone, Error> {
        self.reset_password_once(caller, id, how, revoke_api_keys, None)?
            .fresh()
    }

    /// Sets a password for somebody else, unless the same request was answered before.
    ///
    /// # Errors
    /// As [`Users::reset_password`].
    pub fn reset_password_once(
        &self,
        caller: &Caller,
        id: UserId,
        how: ResetPassword,
        revoke_api_keys: bool,
        repeatable: Option<&Repeatable<'_, ResetDone>>,
    ) -> Result<Repeat<ResetDone>, Error> {
        let user = self.manageable(caller, id)?;
        let (password, temporary) = self.next_password(&user, how)?;
        let reset = |user: User, desk: &Desk| {
            let change = user.reset_password(password.clone(), revoke_api_keys, &desk.act);
            Ok(Step::Changed(change))
        };
        let made = |done: Outcome<UserRow>| ResetDone {
            user: done.value,
            temporary: temporary.clone(),
        };
        self.auth
            .change_user_once(caller, builtin::USERS_MANAGE, id, repeatable, reset, made)
    }

    fn next_password(
        &self,
        user: &UserRow,
        how: ResetPassword,
    ) -> Result<(TemporaryPassword, Option<Secret>), Error> {
        match how {
            ResetPassword::Generate => {
                let (password, secret) = self.auth.temporary_password()?;
                Ok((password, Some(secret)))
            }
            ResetPassword::Given {
                password,
                must_change,
            } => {
                self.auth
                    .check_password(&password, &user.user.own_names())?;
                let password = TemporaryPassword {
                    hash: self.auth.hash_password(&password)?,
                    must_change,
                    expires_at: None,
                };
                Ok((password, None))
            }
        }
    }
}
