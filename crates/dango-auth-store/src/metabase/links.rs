//! Who is who in Metabase.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use diesel::prelude::*;

use crate::Answer;
use crate::row::{Row, micros};
use crate::schema::metabase_links as links;
use crate::tx::{ReadTx, WriteTx};

pub(super) fn user(table: &'static str, id: &str) -> Answer<UserId> {
    Row { table, id }.parse("user_id", id)
}

pub(super) fn of_user(tx: &mut ReadTx<'_>, user: UserId) -> Answer<Option<i64>> {
    tx.query(|link| {
        links::table
            .find(user.to_string())
            .select(links::metabase_id)
            .get_result(link)
            .optional()
    })
}

pub(super) fn holder(tx: &mut ReadTx<'_>, metabase_id: i64) -> Answer<Option<UserId>> {
    let found: Option<String> = tx.query(|link| {
        links::table
            .filter(links::metabase_id.eq(metabase_id))
            .select(links::user_id)
            .get_result(link)
            .optional()
    })?;
    found.map(|id| user("metabase_links", &id)).transpose()
}

pub(super) fn all(tx: &mut ReadTx<'_>) -> Answer<Vec<(UserId, i64)>> {
    let found: Vec<(String, i64)> = tx.query(|link| {
        links::table
            .select((links::user_id, links::metabase_id))
            .load(link)
    })?;
    let checked =
        |(id, metabase_id): (String, i64)| Ok((user("metabase_links", &id)?, metabase_id));
    found.into_iter().map(checked).collect()
}

pub(super) fn put(
    tx: &mut WriteTx<'_>,
    user: UserId,
    metabase_id: i64,
    at: DateTime<Utc>,
) -> Answer<()> {
    let id = user.to_string();
    tx.query(|link| {
        let either = links::user_id
            .eq(&id)
            .or(links::metabase_id.eq(metabase_id));
        diesel::delete(links::table.filter(either)).execute(link)
    })?;
    let row = (
        links::user_id.eq(&id),
        links::metabase_id.eq(metabase_id),
        links::linked_at.eq(micros(at)),
    );
    tx.query(|link| diesel::insert_into(links::table).values(row).execute(link))
        .map(drop)
}

pub(super) fn remove(tx: &mut WriteTx<'_>, user: UserId) -> Answer<()> {
    tx.query(|link| diesel::delete(links::table.find(user.to_string())).execute(link))
        .map(drop)
}

pub(super) fn clear(tx: &mut WriteTx<'_>) -> Answer<()> {
    tx.query(|link| diesel::delete(links::table).execute(link))
        .map(drop)
}
