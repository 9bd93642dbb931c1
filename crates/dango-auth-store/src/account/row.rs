//! The row of an account.

use dango_auth_core::id::{UserId, Version};
use dango_auth_core::password::PasswordHash;
use dango_auth_core::token::TokenHash;
use dango_auth_core::user::{Invite, PasswordRecord, Standing, User};
use dango_auth_core::workspace::{Grant, WorkspaceAccess};
use diesel::prelude::*;

use crate::Answer;
use crate::keys::{Keys, Place, Sealer};
use crate::row::{Row, micros, micros_opt};
use crate::schema::users;

/// A row of `users`; grants are rows of their own.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct UserRecord {
    pub(crate) id: String,
    version: i64,
    pub(crate) account_key: Vec<u8>,
    pub(crate) username: String,
    email: Option<String>,
    role: String,
    pub(crate) everywhere: bool,
    active: bool,
    password_sealed: Option<Vec<u8>>,
    password_kind: Option<String>,
    password_changed_at: Option<i64>,
    password_expires_at: Option<i64>,
    must_change: bool,
    invite_hash: Option<Vec<u8>>,
    invite_expires_at: Option<i64>,
    security_epoch: i64,
    /// Written at sign-in, which no version counts; an update leaves it alone.
    last_login_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// What an update writes: only columns with another value, since SQLite writes the index of each column that it is
/// given.
#[derive(AsChangeset)]
#[diesel(table_name = users)]
#[expect(
    clippy::option_option,
    reason = "a column that stays, or one that is emptied"
)]
pub(super) struct UserChange {
    version: i64,
    security_epoch: i64,
    updated_at: i64,
    account_key: Option<Vec<u8>>,
    username: Option<String>,
    email: Option<Option<String>>,
    role: Option<String>,
    everywhere: Option<bool>,
    active: Option<bool>,
    password_sealed: Option<Option<Vec<u8>>>,
    password_kind: Option<Option<String>>,
    password_changed_at: Option<Option<i64>>,
    password_expires_at: Option<Option<i64>>,
    must_change: Option<bool>,
    invite_hash: Option<Option<Vec<u8>>>,
    invite_expires_at: Option<Option<i64>>,
}

/// A value, unless the column has it already.
fn other<T: Clone + PartialEq>(before: &T, now: &T) -> Option<T> {
    (before != now).then(|| now.clone())
}

pub(crate) fn password_place(user: &str) -> Place<'_> {
    Place {
        table: "users",
        column: "password_sealed",
        row: user,
    }
}

impl UserRecord {
    /// The row of an account that is not stored yet.
    pub(super) fn of(user: &User, keys: Sealer<'_>) -> Answer<Self> {
        Self::with_envelope(user, None, keys)
    }

    /// The row of an account in the place of the one that is stored, whose envelope stays where the password does: one
    /// never seals twice alike.
    pub(super) fn replacing(stored: &Self, user: &User, keys: Sealer<'_>) -> Answer<Self> {
        let hash = stored.password_hash(&keys)?;
        let stays = hash.as_ref() == user.password.as_ref().map(|password| &password.hash);
        let envelope = stored.password_sealed.clone().filter(|_| stays);
        Self::with_envelope(user, envelope, keys)
    }

    /// The row of an account whose password is sealed already, or will be.
    fn with_envelope(user: &User, envelope: Option<Vec<u8>>, keys: Sealer<'_>) -> Answer<Self> {
        let id = user.id.to_string();
        let password = user.password.as_ref();
        let seal = |password: &PasswordRecord| {
            keys.seal(password_place(&id), password.hash.to_stored().as_bytes())
        };
        let sealed = match envelope {
            None => password.map(seal).transpose()?,
            envelope => envelope,
        };
        Ok(Self {
            version: user.version.get(),
            account_key: keys.account_key(user.id).as_bytes().to_vec(),
            username: user.username.as_str().to_owned(),
            email: user.email.as_ref().map(|email| email.as_str().to_owned()),
            role: user.role.as_str().to_owned(),
            everywhere: user.access.is_everywhere(),
            active: user.is_active(),
            password_sealed: sealed,
            password_kind: password.map(|password| password.hash.describe()),
            password_changed_at: password.map(|password| micros(password.changed_at)),
            password_expires_at: password.and_then(|password| micros_opt(password.expires_at)),
            must_change: password.is_some_and(|password| password.must_change),
            invite_hash: user
                .invite
                .as_ref()
                .map(|invite| invite.token_hash.as_bytes().to_vec()),
            invite_expires_at: user.invite.as_ref().map(|invite| micros(invite.expires_at)),
            security_epoch: user.security_epoch,
            last_login_at: micros_opt(user.last_login),
            created_at: micros(user.created_at),
            updated_at: micros(user.updated_at),
            id,
        })
    }

    /// What has to be written to make this of the row that is stored.
    pub(super) fn change_of(&self, stored: &Self) -> UserChange {
        let (old, new) = (stored, self);
        UserChange {
            version: new.version,
            security_epoch: new.security_epoch,
            updated_at: new.updated_at,
            account_key: other(&old.account_key, &new.account_key),
            username: other(&old.username, &new.username),
            email: other(&old.email, &new.email),
            role: other(&old.role, &new.role),
            everywhere: other(&old.everywhere, &new.everywhere),
            active: other(&old.active, &new.active),
            password_sealed: other(&old.password_sealed, &new.password_sealed),
            password_kind: other(&old.password_kind, &new.password_kind),
            password_changed_at: other(&old.password_changed_at, &new.password_changed_at),
            password_expires_at: other(&old.password_expires_at, &new.password_expires_at),
            must_change: other(&old.must_change, &new.must_change),
            invite_hash: other(&old.invite_hash, &new.invite_hash),
            invite_expires_at: other(&old.invite_expires_at, &new.invite_expires_at),
        }
    }

    /// The account, with the grants that belong to it.
    pub(crate) fn into_user(self, grants: Vec<Grant>, keys: &Keys) -> Answer<User> {
        let row = Row {
            table: "users",
            id: &self.id,
        };
        Ok(User {
            id: row.parse::<UserId>("id", &self.id)?,
            version: Version::from_stored(self.version),
            username: row.parse("username", &self.username)?,
            email: row.parse_opt("email", self.email.as_deref())?,
            role: row.parse("role", &self.role)?,
            access: WorkspaceAccess::from_stored(self.everywhere, grants),
            standing: if self.active {
                Standing::Active
            } else {
                Standing::Inactive
            },
            password: self.password(keys)?,
            invite: self.invite()?,
            security_epoch: self.security_epoch,
            last_login: row.instant_opt("last_login_at", self.last_login_at)?,
            created_at: row.instant("created_at", self.created_at)?,
            updated_at: row.instant("updated_at", self.updated_at)?,
        })
    }

    /// The hash of its password, opened.
    pub(crate) fn password_hash(&self, keys: &Keys) -> Answer<Option<PasswordHash>> {
        let place = password_place(&self.id);
        let Some(sealed) = &self.password_sealed else {
            // SECURITY: the time of a refusal tells nobody who is invited (contract §3.9).
            keys.open_nothing(place);
            return Ok(None);
        };
        let text = keys.open_text(place, sealed)?;
        PasswordHash::parse(&text)
            .map(Some)
            .map_err(|_| place.corrupt())
    }

    /// The sealed hash as it is stored.
    pub(crate) fn password_sealed(&self) -> Option<&[u8]> {
        self.password_sealed.as_deref()
    }

    fn password(&self, keys: &Keys) -> Answer<Option<PasswordRecord>> {
        let row = Row {
            table: "users",
            id: &self.id,
        };
        let Some(hash) = self.password_hash(keys)? else {
            return Ok(None);
        };
        let changed_at = row.need("password_changed_at", self.password_changed_at)?;
        Ok(Some(PasswordRecord {
            hash,
            changed_at: row.instant("password_changed_at", changed_at)?,
            must_change: self.must_change,
            expires_at: row.instant_opt("password_expires_at", self.password_expires_at)?,
        }))
    }

    fn invite(&self) -> Answer<Option<Invite>> {
        let row = Row {
            table: "users",
            id: &self.id,
        };
        let Some(hash) = &self.invite_hash else {
            return Ok(None);
        };
        let expires_at = row.need("invite_expires_at", self.invite_expires_at)?;
        Ok(Some(Invite {
            token_hash: row.need("invite_hash", TokenHash::from_slice(hash))?,
            expires_at: row.instant("invite_expires_at", expires_at)?,
        }))
    }
}
