//! Counts over accounts.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use dango_auth_core::name::Username;
use dango_auth_core::role;
use dango_auth_core::user::{AdminCensus, Status};
use diesel::dsl::{count_star, not};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::Answer;
use crate::ports::{UserChanges, UserCount};
use crate::row::{Row, micros};
use crate::schema::{second_factors, users};
use crate::tx::{ChangeTx, ReadTx};

/// Usable administrators, as [`dango_auth_core::user::User::is_usable_admin`] decides.
///
/// A macro and not a function, because the type of such a filter cannot be written down. What nearly
/// every account fulfils is written so that no planner starts from it.
macro_rules! usable_admins {
    ($now:expr) => {
        users::table
            .filter(users::role.eq(role::ADMIN.as_str()))
            .filter(users::everywhere.eq(true))
            .filter(not(users::active.eq(false)))
            .filter(not(users::invite_hash.is_not_null()))
            .filter(users::password_sealed.is_not_null())
            .filter(
                users::password_expires_at
                    .is_null()
                    .or(users::password_expires_at.assume_not_null().gt($now)),
            )
    };
}

impl UserChanges for ChangeTx<'_> {
    /// LOCK: the guard row is this transaction's since its first statement.
    fn admin_census(&mut self, besides: UserId, now: DateTime<Utc>) -> Answer<AdminCensus> {
        let (besides, now) = (besides.to_string(), micros(now));
        let others: i64 = self.query(|link| {
            usable_admins!(now)
                .filter(users::id.ne(besides))
                .select(count_star())
                .get_result(link)
        })?;
        Ok(AdminCensus::counted_under_lock(others.unsigned_abs()))
    }
}

pub(super) fn admins_without_second_factor(
    tx: &mut ReadTx<'_>,
    now: DateTime<Utc>,
    limit: u32,
) -> Answer<Vec<Username>> {
    let now = micros(now);
    let protected = second_factors::table
        .filter(second_factors::enabled.eq(true))
        .select(second_factors::user_id);
    let found: Vec<(String, String)> = tx.query(|link| {
        usable_admins!(now)
            .filter(users::id.ne_all(protected))
            .order(users::username.asc())
            .limit(i64::from(limit))
            .select((users::id, users::username))
            .load(link)
    })?;
    found
        .into_iter()
        .map(|(id, name)| {
            Row {
                table: "users",
                id: &id,
            }
            .parse("username", &name)
        })
        .collect()
}

#[derive(QueryableByName)]
struct Group {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The same precedence as [`dango_auth_core::user::User::status`].
const BY_ROLE_AND_STATUS: &str = "
    SELECT role, status, COUNT(*) AS count FROM (
        SELECT role, CASE
            WHEN NOT active THEN 'inactive'
            WHEN account_key IN (SELECT account_key FROM login_pairs WHERE locked_until > $1)
                THEN 'locked'
            WHEN invite_expires_at IS NULL THEN 'active'
            WHEN invite_expires_at > $2 THEN 'invited'
            ELSE 'invite_expired'
        END AS status
        FROM users
    ) AS each GROUP BY role, status ORDER BY role, status";

pub(super) fn by_role_and_status(
    tx: &mut ReadTx<'_>,
    now: DateTime<Utc>,
) -> Answer<Vec<UserCount>> {
    let now = micros(now);
    let groups: Vec<Group> = tx.query(|link| {
        diesel::sql_query(BY_ROLE_AND_STATUS)
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(now)
            .load(link)
    })?;
    groups
        .into_iter()
        .map(|group| {
            let row = Row {
                table: "users",
                id: "(count)",
            };
            Ok(UserCount {
                role: row.parse("role", &group.role)?,
                status: row.need("status", Status::parse(&group.status))?,
                count: group.count.unsigned_abs(),
            })
        })
        .collect()
}

pub(super) fn hash_kinds(tx: &mut ReadTx<'_>) -> Answer<Vec<(String, u64)>> {
    let groups: Vec<(Option<String>, i64)> = tx.query(|link| {
        users::table
            .filter(users::password_kind.is_not_null())
            .group_by(users::password_kind)
            .order(users::password_kind.asc())
            .select((users::password_kind, count_star()))
            .load(link)
    })?;
    Ok(groups
        .into_iter()
        .filter_map(|(kind, count)| Some((kind?, count.unsigned_abs())))
        .collect())
}
