//! Finding accounts.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use dango_auth_core::name::{LoginName, Username};
use dango_auth_core::token::TokenHash;
use dango_auth_core::user::User;
use diesel::prelude::*;

use super::row::UserRecord;
use super::{count, grants, list, names, role_use};
use crate::ports::{Page, RoleUse, UserCount, UserCursor, UserFilter, UserReads, UserRow};
use crate::schema::users;
use crate::tx::ReadTx;
use crate::{Answer, StoreError};

/// Completes accounts with their grants, in the order of their rows.
pub(crate) fn with_access(tx: &mut ReadTx<'_>, records: Vec<UserRecord>) -> Answer<Vec<User>> {
    let scoped = records.iter().filter(|record| !record.everywhere);
    let ids: Vec<String> = scoped.map(|record| record.id.clone()).collect();
    let mut grants = grants::load(tx, &ids)?;
    let keys = tx.keys();
    records
        .into_iter()
        .map(|record| {
            let own = grants.remove(&record.id).unwrap_or_default();
            record.into_user(own, keys)
        })
        .collect()
}

fn one(tx: &mut ReadTx<'_>, record: Option<UserRecord>) -> Answer<Option<User>> {
    Ok(with_access(tx, record.into_iter().collect())?.pop())
}

fn by_id(tx: &mut ReadTx<'_>, id: &str) -> Answer<Option<User>> {
    let record = tx.query(|link| {
        users::table
            .find(id)
            .select(UserRecord::as_select())
            .get_result(link)
            .optional()
    })?;
    one(tx, record)
}

impl UserReads for ReadTx<'_> {
    fn user(&mut self, id: UserId) -> Answer<Option<User>> {
        by_id(self, &id.to_string())
    }

    fn user_by_login(&mut self, name: &LoginName) -> Answer<Option<User>> {
        match names::holder(self, name.as_str())? {
            Some(id) => by_id(self, &id),
            None => Ok(None),
        }
    }

    fn read_somebody(&mut self) -> Answer<()> {
        let record = self.query(|link| {
            users::table
                .filter(users::password_sealed.is_not_null())
                .order(users::id)
                .select(UserRecord::as_select())
                .first(link)
                .optional()
        })?;
        match one(self, record) {
            // Somebody's damaged row is nothing to whoever tries another name.
            Ok(_) | Err(StoreError::Corrupt { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn user_by_invite(&mut self, token: &TokenHash) -> Answer<Option<User>> {
        let record = self.query(|link| {
            users::table
                .filter(users::invite_hash.eq(token.as_bytes().as_slice()))
                .select(UserRecord::as_select())
                .get_result(link)
                .optional()
        })?;
        one(self, record)
    }

    fn user_row(&mut self, id: UserId, now: DateTime<Utc>) -> Answer<Option<UserRow>> {
        Ok(list::rows(self, &[id.to_string()], now)?.pop())
    }

    fn users(
        &mut self,
        filter: &UserFilter,
        after: &UserCursor,
        limit: u32,
    ) -> Answer<Page<UserRow>> {
        list::page(self, filter, after, limit)
    }

    fn count_users_up_to(&mut self, filter: &UserFilter, most: u32) -> Answer<u32> {
        list::count_up_to(self, filter, most)
    }

    fn count_users(&mut self, now: DateTime<Utc>) -> Answer<Vec<UserCount>> {
        count::by_role_and_status(self, now)
    }

    fn role_uses(&mut self) -> Answer<Vec<RoleUse>> {
        role_use::role_uses(self)
    }

    fn admins_without_second_factor(
        &mut self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Answer<Vec<Username>> {
        count::admins_without_second_factor(self, now, limit)
    }

    fn any_user(&mut self) -> Answer<bool> {
        self.query(|link| {
            diesel::select(diesel::dsl::exists(users::table.select(users::id))).get_result(link)
        })
    }

    fn hash_kinds(&mut self) -> Answer<Vec<(String, u64)>> {
        count::hash_kinds(self)
    }
}
