//! Writing accounts.

use chrono::{DateTime, Utc};
use dango_auth_core::id::{UserId, Version};
use dango_auth_core::password::PasswordHash;
use dango_auth_core::user::User;
use diesel::prelude::*;

use super::grants;
use super::names::Claim;
use super::row::{UserRecord, password_place};
use crate::error::Clash;
use crate::ports::UserWrites;
use crate::prepared::StayPrepared as _;
use crate::row::micros;
use crate::schema::users;
use crate::tx::{ReadTx, WriteTx};
use crate::{Answer, StoreError};

/// Stores a new account.
pub(crate) fn insert(tx: &mut WriteTx<'_>, user: &User) -> Answer<()> {
    let record = UserRecord::of(user, tx.sealer()?)?;
    if exists(tx, &record.id)? {
        return Err(StoreError::clash(Clash::Id));
    }
    let names = Claim::check(tx, user)?;
    tx.query(|link| {
        diesel::insert_into(users::table)
            .values(&record)
            .execute(link)
    })?;
    names.store(tx)?;
    grants::replace(tx, user.id, &user.access)
}

/// Stores a changed account, if nobody changed it since version `base`.
pub(crate) fn update(tx: &mut WriteTx<'_>, user: &User, base: Version) -> Answer<()> {
    let Some(stored) = stored(tx, &user.id.to_string())? else {
        return Err(StoreError::not_found("user", user.id));
    };
    let record = UserRecord::replacing(&stored, user, tx.sealer()?)?;
    let names = Claim::check(tx, user)?;
    let updated = tx.query(|link| {
        let row = users::table.find(&record.id);
        diesel::update(row.filter(users::version.eq(base.get())))
            .set(record.change_of(&stored))
            .returning(users::version)
            .stay_prepared()
            .count::<i64>(link)
    })?;
    if updated == 0 {
        return Err(StoreError::stale());
    }
    names.store(tx)?;
    grants::replace(tx, user.id, &user.access)
}

/// Removes an account with everything that is its own, if nobody changed it since version `base`.
pub(crate) fn delete(tx: &mut WriteTx<'_>, user: &User, base: Version) -> Answer<()> {
    let id = user.id.to_string();
    let deleted = tx.query(|link| {
        diesel::delete(users::table.find(&id).filter(users::version.eq(base.get()))).execute(link)
    })?;
    if deleted == 0 {
        Err(stale_or_gone(tx, user.id)?)
    } else {
        Ok(())
    }
}

fn stored(tx: &mut ReadTx<'_>, id: &str) -> Answer<Option<UserRecord>> {
    tx.query(|link| {
        users::table
            .find(id)
            .select(UserRecord::as_select())
            .get_result(link)
            .optional()
    })
}

fn exists(tx: &mut ReadTx<'_>, id: &str) -> Answer<bool> {
    tx.query(|link| diesel::select(diesel::dsl::exists(users::table.find(id))).get_result(link))
}

fn stale_or_gone(tx: &mut ReadTx<'_>, id: UserId) -> Answer<StoreError> {
    let there = exists(tx, &id.to_string())?;
    Ok(if there {
        StoreError::stale()
    } else {
        StoreError::not_found("user", id)
    })
}

impl UserWrites for WriteTx<'_> {
    fn note_login(&mut self, id: UserId, at: DateTime<Utc>) -> Answer<()> {
        self.query(|link| {
            diesel::update(users::table.find(id.to_string()))
                .set(users::last_login_at.eq(micros(at)))
                .returning(users::version)
                .stay_prepared()
                .count::<i64>(link)
        })
        .map(drop)
    }

    fn replace_hash(&mut self, id: UserId, old: &PasswordHash, new: &PasswordHash) -> Answer<bool> {
        let id = id.to_string();
        let Some(record) = stored(self, &id)? else {
            return Ok(false);
        };
        if record.password_hash(self.keys())?.as_ref() != Some(old) {
            return Ok(false);
        }
        let sealed = self
            .sealer()?
            .seal(password_place(&id), new.to_stored().as_bytes())?;
        // The envelope just opened must still be the stored one, or somebody set another password.
        let unchanged = users::password_sealed.eq(record.password_sealed());
        let updated = self.query(|link| {
            diesel::update(users::table.find(&id).filter(unchanged))
                .set((
                    users::password_sealed.eq(&sealed),
                    users::password_kind.eq(new.describe()),
                ))
                .execute(link)
        })?;
        Ok(updated == 1)
    }
}
