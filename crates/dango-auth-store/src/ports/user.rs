//! Accounts.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use dango_auth_core::name::{LoginName, RoleName, Username};
use dango_auth_core::password::PasswordHash;
use dango_auth_core::token::TokenHash;
use dango_auth_core::user::{AdminCensus, Status, User};

use super::{LockSummary, Page};
use crate::Answer;

/// A user as lists show them.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// The account.
    pub user: User,
    /// Whether a second factor is on.
    pub second_factor_on: bool,
    /// Locks over all sources.
    pub lock: LockSummary,
}

/// Which users a list shows; all conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Part of username or email, compared without case, taken literally.
    pub search: Option<String>,
    /// Exactly this top-level role.
    pub role: Option<RoleName>,
    /// Exactly this status at `now`.
    pub status: Option<Status>,
    /// With the second factor on, or off.
    pub second_factor: Option<bool>,
    /// The instant statuses are computed for.
    pub now: DateTime<Utc>,
}

/// How a list of users is ordered, and after which row a page starts.
#[derive(Clone, Debug)]
pub enum UserCursor {
    /// By creation, oldest first.
    CreatedAt(Option<(DateTime<Utc>, UserId)>),
    /// By username.
    Username(Option<(Username, UserId)>),
}

/// How many users there are of one kind.
#[derive(Clone, Debug)]
pub struct UserCount {
    /// Top-level role.
    pub role: RoleName,
    /// Status now.
    pub status: Status,
    /// How many.
    pub count: u64,
}

/// How often a role is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleUse {
    /// The role, which the policy in force need not know.
    pub role: RoleName,
    /// People with it as top-level role.
    pub people: u64,
    /// Grants of it in single workspaces.
    pub grants: u64,
    /// Limits of API keys that name it, in general or in one workspace.
    pub keys: u64,
}

/// Asking about people.
pub trait UserReads {
    /// The account with this id.
    fn user(&mut self, id: UserId) -> Answer<Option<User>>;
    /// The account that signs in with this name, be it username or email.
    fn user_by_login(&mut self, name: &LoginName) -> Answer<Option<User>>;
    /// Reads somebody and forgets them, so that a name that nobody has takes as long as one that somebody
    /// has (contract §3.9).
    fn read_somebody(&mut self) -> Answer<()>;
    /// The account whose open invite has this token.
    fn user_by_invite(&mut self, token: &TokenHash) -> Answer<Option<User>>;
    /// The account with second factor and locks, as lists show it.
    fn user_row(&mut self, id: UserId, now: DateTime<Utc>) -> Answer<Option<UserRow>>;
    /// One page of users.
    fn users(
        &mut self,
        filter: &UserFilter,
        after: &UserCursor,
        limit: u32,
    ) -> Answer<Page<UserRow>>;
    /// How many users match, counted no further than `most`.
    fn count_users_up_to(&mut self, filter: &UserFilter, most: u32) -> Answer<u32>;
    /// How many users there are by role and status.
    fn count_users(&mut self, now: DateTime<Utc>) -> Answer<Vec<UserCount>>;
    /// Every role that is stored anywhere, by name.
    fn role_uses(&mut self) -> Answer<Vec<RoleUse>>;
    /// Usable administrators without a second factor, by username, at most `limit`.
    fn admins_without_second_factor(
        &mut self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Answer<Vec<Username>>;
    /// Tells whether any account exists.
    fn any_user(&mut self) -> Answer<bool>;
    /// How many stored password hashes there are of each scheme and cost, as they describe themselves.
    fn hash_kinds(&mut self) -> Answer<Vec<(String, u64)>>;
}

/// Small writes about people that leave no trace of their own.
pub trait UserWrites {
    /// Notes a complete sign-in.
    fn note_login(&mut self, id: UserId, at: DateTime<Utc>) -> Answer<()>;
    /// Replaces a hash by a stronger one of the same password, unless it changed meanwhile.
    fn replace_hash(&mut self, id: UserId, old: &PasswordHash, new: &PasswordHash) -> Answer<bool>;
}

/// Decisions about people that need the guard.
pub trait UserChanges {
    /// Counts the usable administrators other than `besides`; the guard row is locked already.
    fn admin_census(&mut self, besides: UserId, now: DateTime<Utc>) -> Answer<AdminCensus>;
}
