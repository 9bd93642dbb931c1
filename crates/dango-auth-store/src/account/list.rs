//! Lists of accounts.
//!
//! A page is read in two steps. The first walks an index and finds ids: the walk is ordered, starts at
//! the cursor and stops when the page is full, so a page costs the same among 10³ and 10⁶ accounts.
//! A search that few can match starts from those few instead; one that many match compares with the
//! names that the index itself holds. The second step reads the rows.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use dango_auth_core::name::LoginName;
use dango_auth_core::user::Status;
use diesel::dsl::{exists, not, sql};
use diesel::expression_methods::EscapeExpressionMethods;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::read::with_access;
use super::row::UserRecord;
use super::search::{self, Holders};
use crate::Answer;
use crate::counted::Counted;
use crate::limits;
use crate::link::MultiBackend;
use crate::ports::{Page, UserCursor, UserFilter, UserRow};
use crate::prepared::StayPrepared as _;
use crate::row;
use crate::schema::{login_pairs, second_factors, users};
use crate::tx::ReadTx;

type Query<'a> = users::BoxedQuery<'a, MultiBackend, Text>;

pub(super) fn page(
    tx: &mut ReadTx<'_>,
    filter: &UserFilter,
    after: &UserCursor,
    limit: u32,
) -> Answer<Page<UserRow>> {
    tx.plan_by_values()?;
    let Some(query) = filtered(tx, filter)? else {
        return Ok(Page {
            rows: Vec::new(),
            more: false,
        });
    };
    let query = ordered(query, after).limit(row::page_limit(limit));
    let ids: Vec<String> = tx.query(|link| query.load(link))?;
    let ids = row::page(ids, limit);
    Ok(Page {
        rows: rows(tx, &ids.rows, filter.now)?,
        more: ids.more,
    })
}

/// How many match, counted no further than `most`: so it costs the same among 10³ and 10⁶ accounts.
pub(super) fn count_up_to(tx: &mut ReadTx<'_>, filter: &UserFilter, most: u32) -> Answer<u32> {
    tx.plan_by_values()?;
    let Some(query) = filtered(tx, filter)? else {
        return Ok(0);
    };
    let query = Counted(query.limit(i64::from(most)));
    let found: i64 = tx.query(|link| query.get_result(link))?;
    Ok(u32::try_from(found).unwrap_or(most))
}

/// The ids that match; nothing when no account can.
fn filtered<'a>(tx: &mut ReadTx<'_>, filter: &UserFilter) -> Answer<Option<Query<'a>>> {
    let mut query = users::table.select(users::id).into_boxed();
    if let Some(search) = &filter.search {
        let Ok(text) = LoginName::parse(search) else {
            return Ok(None);
        };
        query = match search::holders(tx, &text)? {
            Holders::Few(ids) if ids.is_empty() => return Ok(None),
            Holders::Few(ids) => query.filter(users::id.eq_any(ids)),
            Holders::Many(pattern) => named_like(query, pattern),
        };
    }
    if let Some(role) = &filter.role {
        query = of_role(query, role.as_str(), filter.search.is_some());
    }
    if let Some(on) = filter.second_factor {
        query = of_factor(query, on);
    }
    Ok(Some(match filter.status {
        Some(status) => of_status(query, status, row::micros(filter.now)),
        None => query,
    }))
}

fn named_like(query: Query<'_>, pattern: String) -> Query<'_> {
    let in_username = users::username.like(pattern.clone()).escape('!').nullable();
    query.filter(in_username.or(users::email.like(pattern).escape('!')))
}

fn of_role<'a>(query: Query<'a>, role: &str, searched: bool) -> Query<'a> {
    if searched {
        // SQLite takes everybody of a role for ten; written so that it does not start from them.
        let own = sql::<Text>("COALESCE(users.role, '')");
        query.filter(own.eq(role.to_owned()))
    } else {
        query.filter(users::role.eq(role.to_owned()))
    }
}

fn of_factor(query: Query<'_>, on: bool) -> Query<'_> {
    let own = second_factors::table.filter(second_factors::user_id.eq(users::id));
    let enrolled = exists(own.filter(second_factors::enabled));
    if on {
        query.filter(enrolled)
    } else {
        query.filter(not(enrolled))
    }
}

/// The same precedence as [`dango_auth_core::user::User::status`].
fn of_status(query: Query<'_>, status: Status, now: i64) -> Query<'_> {
    if status == Status::Inactive {
        return query.filter(users::active.eq(false));
    }
    let locked = login_pairs::table
        .filter(login_pairs::locked_until.gt(now))
        .select(login_pairs::account_key);
    // Nearly all accounts are active: written so that no planner starts from it.
    let query = query.filter(not(users::active.eq(false)));
    if status == Status::Locked {
        return query.filter(users::account_key.eq_any(locked));
    }
    let query = query.filter(users::account_key.ne_all(locked));
    match status {
        Status::Invited => query.filter(users::invite_expires_at.gt(now)),
        Status::InviteExpired => query.filter(users::invite_expires_at.le(now)),
        Status::Active | Status::Inactive | Status::Locked => {
            query.filter(users::invite_expires_at.is_null())
        }
    }
}

/// Keyset order; the redundant bound lets both planners start at the cursor.
fn ordered<'a>(query: Query<'a>, after: &UserCursor) -> Query<'a> {
    match after {
        UserCursor::CreatedAt(after) => {
            let query = query.order((users::created_at.asc(), users::id.asc()));
            match after {
                None => query,
                Some((at, id)) => {
                    let at = row::micros(*at);
                    let later = users::created_at.gt(at).or(users::id.gt(id.to_string()));
                    query.filter(users::created_at.ge(at)).filter(later)
                }
            }
        }
        UserCursor::Username(after) => {
            let query = query.order(users::username.asc());
            match after {
                None => query,
                Some((name, _)) => query.filter(users::username.gt(name.as_str().to_owned())),
            }
        }
    }
}

/// The rows of these ids, in their order.
pub(super) fn rows(
    tx: &mut ReadTx<'_>,
    ids: &[String],
    now: DateTime<Utc>,
) -> Answer<Vec<UserRow>> {
    let found: Vec<(UserRecord, Option<bool>)> = tx.query(|link| {
        users::table
            .left_join(second_factors::table)
            .filter(users::id.eq_any(ids))
            .select((UserRecord::as_select(), second_factors::enabled.nullable()))
            .stay_prepared_if(ids.len() == 1)
            .load(link)
    })?;
    let position: HashMap<&str, usize> = ids
        .iter()
        .enumerate()
        .map(|(place, id)| (id.as_str(), place))
        .collect();
    let mut found = found;
    found.sort_by_key(|(record, _)| position.get(record.id.as_str()).copied());
    let keys: Vec<Vec<u8>> = found
        .iter()
        .map(|(record, _)| record.account_key.clone())
        .collect();
    let locks = limits::lock_summaries(tx, &keys, now)?;
    let (records, factors): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let users = with_access(tx, records)?;
    Ok(users
        .into_iter()
        .zip(factors)
        .zip(keys)
        .map(|((user, factor), key)| UserRow {
            user,
            second_factor_on: factor.unwrap_or(false),
            lock: locks.get(&key).copied().unwrap_or_default(),
        })
        .collect())
}
