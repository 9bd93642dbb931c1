//! Who has to be brought in line.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use diesel::prelude::*;

use super::links::user;
use crate::Answer;
use crate::ports::{Claim, Lease, Named, OutboxLength, Waiting};
use crate::row::{Row, micros};
use crate::schema::{metabase_mirror as mirror, metabase_outbox as outbox, users};
use crate::tx::{ReadTx, WriteTx};

const TABLE: &str = "metabase_outbox";

/// What of an account matters in Metabase; nothing when it does not exist.
#[derive(Queryable, Selectable, PartialEq, Eq)]
#[diesel(table_name = users)]
pub(crate) struct Mirrored {
    role: String,
    active: bool,
    username: String,
    email: Option<String>,
}

/// An account as it was before a change.
pub(crate) enum Seen {
    /// Nobody follows changes, so nobody looked.
    Unfollowed,
    /// As it was, if it existed.
    Before(Option<Mirrored>),
}

/// Looks at an account before it changes.
pub(crate) fn see(tx: &mut ReadTx<'_>, user: UserId) -> Answer<Seen> {
    let followed: bool = tx.query(|link| {
        mirror::table
            .select(mirror::url.is_not_null())
            .get_result(link)
    })?;
    if followed {
        Ok(Seen::Before(mirrored(tx, user)?))
    } else {
        Ok(Seen::Unfollowed)
    }
}

fn mirrored(tx: &mut ReadTx<'_>, user: UserId) -> Answer<Option<Mirrored>> {
    tx.query(|link| {
        users::table
            .find(user.to_string())
            .select(Mirrored::as_select())
            .get_result(link)
            .optional()
    })
}

/// Queues an account whose role, standing or names are not what they were.
pub(crate) fn queue_if_changed(
    tx: &mut WriteTx<'_>,
    user: UserId,
    before: Seen,
    at: DateTime<Utc>,
) -> Answer<()> {
    let Seen::Before(before) = before else {
        return Ok(());
    };
    let after = mirrored(tx, user)?;
    if after == before {
        return Ok(());
    }
    match after.or(before) {
        Some(named) => put(tx, user, &named, at),
        None => Ok(()),
    }
}

/// A person waits once; a further change makes them due at once and counts failures anew.
fn put(tx: &mut WriteTx<'_>, user: UserId, named: &Mirrored, at: DateTime<Utc>) -> Answer<()> {
    let (id, now) = (user.to_string(), micros(at));
    let waiting = tx.query(|link| {
        diesel::update(outbox::table.find(&id))
            .set((
                outbox::name.eq(&named.username),
                outbox::email.eq(&named.email),
                outbox::revision.eq(outbox::revision + 1),
                outbox::next_try_at.eq(now),
                outbox::attempts.eq(0),
                outbox::last_error.eq(None::<String>),
            ))
            .execute(link)
    })?;
    if waiting == 0 {
        insert(tx, &id, &named.username, named.email.as_deref(), at)?;
    }
    Ok(())
}

fn insert(
    tx: &mut WriteTx<'_>,
    id: &str,
    name: &str,
    email: Option<&str>,
    at: DateTime<Utc>,
) -> Answer<()> {
    let row = (
        outbox::user_id.eq(id),
        outbox::name.eq(name),
        outbox::email.eq(email),
        outbox::revision.eq(1_i64),
        outbox::queued_at.eq(micros(at)),
        outbox::next_try_at.eq(micros(at)),
        outbox::attempts.eq(0),
        outbox::reported.eq(false),
    );
    tx.query(|link| diesel::insert_into(outbox::table).values(row).execute(link))
        .map(drop)
}

/// Queues people who do not wait yet.
pub(super) fn queue(tx: &mut WriteTx<'_>, people: &[Named], now: DateTime<Utc>) -> Answer<()> {
    for person in people {
        let id = person.user.to_string();
        let row = outbox::table.find(&id);
        let waits = |link: &mut _| diesel::select(diesel::dsl::exists(row)).get_result(link);
        if !tx.query(waits)? {
            insert(tx, &id, &person.name, person.email.as_deref(), now)?;
        }
    }
    Ok(())
}

/// Queues everybody.
pub(super) fn queue_all(tx: &mut WriteTx<'_>, now: DateTime<Utc>) -> Answer<()> {
    let everybody: Vec<(String, String, Option<String>)> = tx.query(|link| {
        users::table
            .select((users::id, users::username, users::email))
            .order(users::id)
            .load(link)
    })?;
    for (id, name, email) in everybody {
        let user = user("users", &id)?;
        queue(tx, &[Named { user, name, email }], now)?;
    }
    Ok(())
}

pub(super) fn clear(tx: &mut WriteTx<'_>) -> Answer<()> {
    tx.query(|link| diesel::delete(outbox::table).execute(link))
        .map(drop)
}

pub(super) fn is_due(tx: &mut ReadTx<'_>, now: DateTime<Utc>) -> Answer<bool> {
    let due = outbox::table.filter(outbox::next_try_at.le(micros(now)));
    tx.query(|link| diesel::select(diesel::dsl::exists(due)).get_result(link))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct Record {
    user_id: String,
    name: String,
    email: Option<String>,
    revision: i64,
    queued_at: i64,
    attempts: i32,
    last_error: Option<String>,
    reported: bool,
}

impl Record {
    fn read(self) -> Answer<Waiting> {
        let row = Row {
            table: TABLE,
            id: &self.user_id,
        };
        Ok(Waiting {
            user: row.parse("user_id", &self.user_id)?,
            revision: self.revision,
            queued_at: row.instant("queued_at", self.queued_at)?,
            attempts: row.count("attempts", self.attempts.into())?,
            last_error: self.last_error,
            reported: self.reported,
            name: self.name,
            email: self.email,
        })
    }
}

pub(super) fn list(tx: &mut ReadTx<'_>, limit: u32) -> Answer<Vec<Waiting>> {
    let found: Vec<Record> = tx.query(|link| {
        outbox::table
            .order((outbox::queued_at, outbox::user_id))
            .limit(limit.into())
            .select(Record::as_select())
            .load(link)
    })?;
    found.into_iter().map(Record::read).collect()
}

pub(super) fn length(tx: &mut ReadTx<'_>) -> Answer<OutboxLength> {
    let (people, oldest): (i64, Option<i64>) = tx.query(|link| {
        outbox::table
            .select((
                diesel::dsl::count_star(),
                diesel::dsl::min(outbox::queued_at),
            ))
            .get_result(link)
    })?;
    let failing: i64 = tx.query(|link| {
        outbox::table
            .filter(outbox::attempts.gt(0))
            .count()
            .get_result(link)
    })?;
    let row = Row {
        table: TABLE,
        id: "all",
    };
    Ok(OutboxLength {
        people: row.count("user_id", people)?.into(),
        failing: row.count("attempts", failing)?.into(),
        oldest: row.instant_opt("queued_at", oldest)?,
    })
}

/// Claims the first who is due; a row that another worker was quicker with is passed over.
pub(super) fn claim(tx: &mut WriteTx<'_>, lease: Lease<'_>) -> Answer<Option<Claim>> {
    let now = micros(lease.now);
    loop {
        let found: Option<Record> = tx.query(|link| {
            let free = outbox::held_until.is_null().or(outbox::held_until.le(now));
            outbox::table
                .filter(outbox::next_try_at.le(now))
                .filter(free)
                .order((outbox::next_try_at, outbox::user_id))
                .select(Record::as_select())
                .first(link)
                .optional()
        })?;
        let Some(record) = found else {
            return Ok(None);
        };
        let taken = tx.query(|link| {
            let free = outbox::held_until.is_null().or(outbox::held_until.le(now));
            let same = outbox::table
                .find(&record.user_id)
                .filter(outbox::revision.eq(record.revision))
                .filter(free);
            diesel::update(same)
                .set((
                    outbox::holder.eq(lease.holder),
                    outbox::held_until.eq(micros(lease.until)),
                ))
                .execute(link)
        })?;
        if taken == 1 {
            return Ok(Some(Claim {
                waiting: record.read()?,
                holder: lease.holder.to_owned(),
            }));
        }
    }
}

/// Makes everybody due who was put off.
pub(super) fn hurry(tx: &mut WriteTx<'_>, now: DateTime<Utc>) -> Answer<()> {
    let now = micros(now);
    tx.query(|link| {
        diesel::update(outbox::table.filter(outbox::next_try_at.gt(now)))
            .set(outbox::next_try_at.eq(now))
            .execute(link)
    })
    .map(drop)
}

/// The row of a claim, as long as it is this worker's.
macro_rules! held {
    ($claim:expr) => {
        outbox::table
            .find($claim.waiting.user.to_string())
            .filter(outbox::holder.eq(&$claim.holder))
    };
}

pub(super) fn delivered(tx: &mut WriteTx<'_>, claim: &Claim) -> Answer<()> {
    tx.query(|link| {
        let unchanged = outbox::revision.eq(claim.waiting.revision);
        diesel::delete(held!(claim).filter(unchanged)).execute(link)
    })?;
    // Whoever changed meanwhile is due at once; the change saw to that.
    release(tx, claim)
}

fn release(tx: &mut WriteTx<'_>, claim: &Claim) -> Answer<()> {
    tx.query(|link| {
        diesel::update(held!(claim))
            .set((
                outbox::holder.eq(None::<String>),
                outbox::held_until.eq(None::<i64>),
            ))
            .execute(link)
    })
    .map(drop)
}

pub(super) fn put_back(
    tx: &mut WriteTx<'_>,
    claim: &Claim,
    next_try_at: DateTime<Utc>,
) -> Answer<()> {
    let unchanged = outbox::revision.eq(claim.waiting.revision);
    tx.query(|link| {
        diesel::update(held!(claim).filter(unchanged))
            .set(outbox::next_try_at.eq(micros(next_try_at)))
            .execute(link)
    })?;
    release(tx, claim)
}

/// Tells whether the failure still counts: nobody changed meanwhile.
pub(super) fn failed(
    tx: &mut WriteTx<'_>,
    claim: &Claim,
    error: &str,
    next_try_at: DateTime<Utc>,
    reported: bool,
) -> Answer<bool> {
    let unchanged = outbox::revision.eq(claim.waiting.revision);
    let counted = tx.query(|link| {
        diesel::update(held!(claim).filter(unchanged))
            .set((
                outbox::attempts.eq(outbox::attempts + 1),
                outbox::last_error.eq(error),
                outbox::next_try_at.eq(micros(next_try_at)),
                outbox::reported.eq(reported),
            ))
            .execute(link)
    })?;
    release(tx, claim)?;
    Ok(counted == 1)
}
