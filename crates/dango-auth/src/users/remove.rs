//! Taking people out of use, back into use, and away.

use dango_auth_core::change::Step;
use dango_auth_core::id::UserId;
use dango_auth_core::name::LoginName;
use dango_auth_core::permission::builtin;
use dango_auth_core::user::User;
use dango_auth_store::ports::{UserChanges as _, UserReads as _, UserRow};

use super::Users;
use crate::caller::Caller;
use crate::error::Error;
use crate::walk::Outcome;

/// How the deletion of a person is confirmed.
#[derive(Clone, Debug)]
pub enum Confirmation {
    /// By typing the address or login name; it must be theirs.
    Typed(String),
    /// By a front end that asked in its own way.
    Given,
}

impl Users<'_> {
    /// Ends somebody's access at once.
    ///
    /// # Errors
    /// `self_action`, `last_admin`; [`Error::NotFound`], [`Error::Denied`].
    pub fn deactivate(&self, caller: &Caller, id: UserId) -> Result<Outcome<UserRow>, Error> {
        self.auth
            .change_counted(caller, builtin::USERS_MANAGE, id, |user, census, desk| {
                Ok(user.deactivate(census, &desk.act)?)
            })
    }

    /// Gives somebody their access back.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`]; [`Error::Store`].
    pub fn reactivate(&self, caller: &Caller, id: UserId) -> Result<Outcome<UserRow>, Error> {
        self.auth
            .change_user(caller, builtin::USERS_MANAGE, id, |user, desk| {
                Ok::<Step<User>, Error>(user.reactivate(&desk.act))
            })
    }

    /// Removes somebody for good; their history stays in the audit log.
    ///
    /// # Errors
    /// [`Error::Fields`] on `confirm_email` when it is not theirs, `self_action`, `last_admin`,
    /// [`Error::NotFound`], [`Error::Denied`].
    pub fn delete(
        &self,
        caller: &Caller,
        id: UserId,
        confirmation: &Confirmation,
    ) -> Result<User, Error> {
        self.auth
            .command(caller, builtin::USERS_MANAGE, |tx, desk| {
                let census = tx.admin_census(id, desk.act.at)?;
                let user = tx.user(id)?.ok_or_else(|| Error::no_user(id.to_string()))?;
                check(confirmation, &user)?;
                Ok(tx.record(user.delete(&census, &desk.act)?)?.0)
            })
    }
}

fn check(confirmation: &Confirmation, user: &User) -> Result<(), Error> {
    let Confirmation::Typed(text) = confirmation else {
        return Ok(());
    };
    let typed = LoginName::parse(text).ok();
    let matches = typed.is_some_and(|typed| user.own_names().contains(&typed.as_str()));
    if matches {
        return Ok(());
    }
    let message = "type the email address of the person to delete";
    Err(Error::field(
        "confirm_email",
        "confirmation_mismatch",
        message,
    ))
}
