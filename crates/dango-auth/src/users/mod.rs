//! People: finding, making, changing and removing accounts.
//!
//! Reading needs `users.view`, everything else `users.manage` (contract §4.1).

mod access;
mod create;
mod explain;
mod remove;
mod reset;
mod revise;

use dango_auth_core::id::UserId;
use dango_auth_core::name::{LoginName, RoleName};
use dango_auth_core::permission::builtin;
use dango_auth_store::ports::{Page, UserCursor, UserFilter, UserReads as _, UserRow};

pub use access::AccessRequest;
pub(crate) use access::{insert_workspace, register_workspaces};
pub use create::{
    CreateUser, Created, CreatedSecret, DEFAULT_BASE_URL, FirstCredential, IssuedInvite,
};
pub use explain::Explained;
pub use remove::Confirmation;
pub use reset::{ResetDone, ResetPassword};
pub use revise::Revision;

use crate::auth::{Auth, printable};
use crate::caller::Caller;
use crate::error::Error;
use crate::walk::Outcome;

/// How long a temporary password that nobody used keeps working (ASVS 6.4.1).
pub const TEMPORARY_PASSWORD_HOURS: i64 = 72;

/// Longest page of a list.
pub const PAGE_MAX: u32 = 1000;

/// People.
#[derive(Clone)]
pub struct Users<'a> {
    auth: &'a Auth,
}

impl<'a> Users<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// One page of people.
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.view`; [`Error::Store`].
    pub fn list(
        &self,
        caller: &Caller,
        filter: &UserFilter,
        after: &UserCursor,
        limit: u32,
    ) -> Result<Page<UserRow>, Error> {
        let limit = limit.clamp(1, PAGE_MAX);
        self.auth.look(caller, builtin::USERS_VIEW, |tx| {
            Ok(tx.users(filter, after, limit)?)
        })
    }

    /// How many people match each filter, counted no further than `most`; at most [`PAGE_MAX`].
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.view`.
    pub fn count_up_to(
        &self,
        caller: &Caller,
        filters: &[UserFilter],
        most: u32,
    ) -> Result<Vec<u32>, Error> {
        let most = most.min(PAGE_MAX);
        self.auth.look(caller, builtin::USERS_VIEW, |tx| {
            let filters = filters.iter();
            filters
                .map(|filter| Ok(tx.count_users_up_to(filter, most)?))
                .collect()
        })
    }

    /// One person.
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.view`, [`Error::NotFound`]; [`Error::Store`].
    pub fn get(&self, caller: &Caller, id: UserId) -> Result<UserRow, Error> {
        let now = self.auth.now();
        self.auth.look(caller, builtin::USERS_VIEW, |tx| {
            tx.user_row(id, now)?
                .ok_or_else(|| Error::no_user(id.to_string()))
        })
    }

    /// The person who signs in with this name, be it username or email.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub fn find(&self, caller: &Caller, login: &str) -> Result<UserRow, Error> {
        let unknown = || Error::no_user(printable(login));
        let name = LoginName::parse(login).map_err(|_| unknown())?;
        let now = self.auth.now();
        self.auth.look(caller, builtin::USERS_VIEW, |tx| {
            let user = tx.user_by_login(&name)?.ok_or_else(unknown)?;
            tx.user_row(user.id, now)?.ok_or_else(unknown)
        })
    }

    /// Ends all sessions of somebody; tells how many full ones there were.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`]; [`Error::Store`].
    pub fn revoke_sessions(&self, caller: &Caller, id: UserId) -> Result<u64, Error> {
        use dango_auth_store::ports::SessionReads as _;
        self.auth
            .command(caller, builtin::USERS_MANAGE, |tx, desk| {
                let user = tx.user(id)?.ok_or_else(|| Error::no_user(id.to_string()))?;
                let count = tx.sessions_of(id)?.len();
                tx.record(user.revoke_sessions(None, &desk.act))?;
                Ok(count as u64)
            })
    }

    /// Lifts every lock of somebody (contract §3.9).
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`]; [`Error::Store`].
    pub fn unlock(&self, caller: &Caller, id: UserId) -> Result<Outcome<UserRow>, Error> {
        self.auth
            .change_user(caller, builtin::USERS_MANAGE, id, |user, desk| {
                Ok(dango_auth_core::change::Step::Changed(
                    user.unlock(&desk.act),
                ))
            })
    }

    /// Removes the second factor of somebody who lost it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`]; [`Error::Store`].
    pub fn reset_second_factor(
        &self,
        caller: &Caller,
        id: UserId,
    ) -> Result<Outcome<UserRow>, Error> {
        use dango_auth_core::change::Step;
        use dango_auth_core::second_factor::SecondFactor;
        use dango_auth_store::ports::FactorReads as _;
        self.auth
            .command(caller, builtin::USERS_MANAGE, |tx, desk| {
                let user = tx.user(id)?.ok_or_else(|| Error::no_user(id.to_string()))?;
                let step = match tx.second_factor(id)? {
                    SecondFactor::Off => Step::Already(user),
                    _ => Step::Changed(user.reset_second_factor(&desk.act)),
                };
                crate::walk::finish(tx, step, desk)
            })
    }

    /// Somebody the caller may change, read ahead of slow work.
    fn manageable(&self, caller: &Caller, id: UserId) -> Result<UserRow, Error> {
        self.auth.authorise(caller, builtin::USERS_MANAGE)?;
        let now = self.auth.now();
        self.auth.inner.store.read(|tx| {
            tx.user_row(id, now)?
                .ok_or_else(|| Error::no_user(id.to_string()))
        })
    }
}

impl Auth {
    /// A role's name as given, if there is such a role.
    ///
    /// # Errors
    /// [`Error::Fields`] on `role`, naming the roles there are.
    pub fn parse_role(&self, text: &str) -> Result<RoleName, Error> {
        let policy = self.policy();
        if let Some(role) = policy.role_named(text) {
            return Ok(role.name().clone());
        }
        let roles = policy.roles().iter();
        let known: Vec<&str> = roles.map(|role| role.name().as_str()).collect();
        let text = format!(
            "Invalid role: there is no role {}; roles are {}",
            printable(text),
            known.join(", ")
        );
        Err(Error::field("role", "unknown_role", text))
    }
}
