//! Spans: the earliest and latest instant of each full block of rows.
//!
//! The log is ordered by sequence number, and instants follow it only nearly: servers' clocks differ,
//! and events taken over from elsewhere are older than their neighbours. So a query for a span of time
//! first asks which blocks can hold such rows, which is exact and reads one small row per
//! [`BLOCK`] events.

use chrono::{DateTime, Utc};
use diesel::dsl::{max, min};
use diesel::prelude::*;

use crate::Answer;
use crate::row::micros;
use crate::schema::{audit_events, audit_spans};
use crate::tx::{ReadTx, WriteTx};

/// Rows of one block.
pub(super) const BLOCK: i64 = 1024;

/// Notes the spans of the blocks that became full between two heads.
pub(super) fn close(tx: &mut WriteTx<'_>, old_last: i64, new_last: i64) -> Answer<()> {
    for block in old_last / BLOCK..new_last / BLOCK {
        let (first, last) = (block * BLOCK + 1, (block + 1) * BLOCK);
        let Some((earliest, latest)) = extent(tx, first, last)? else {
            continue;
        };
        let span = (
            audit_spans::first_id.eq(first),
            audit_spans::last_id.eq(last),
            audit_spans::earliest.eq(earliest),
            audit_spans::latest.eq(latest),
        );
        tx.query(|link| {
            diesel::insert_into(audit_spans::table)
                .values(span)
                .execute(link)
        })?;
    }
    Ok(())
}

fn extent(tx: &mut ReadTx<'_>, first: i64, last: i64) -> Answer<Option<(i64, i64)>> {
    let (earliest, latest): (Option<i64>, Option<i64>) = tx.query(|link| {
        audit_events::table
            .filter(audit_events::id.ge(first))
            .filter(audit_events::id.le(last))
            .select((min(audit_events::at), max(audit_events::at)))
            .first(link)
    })?;
    Ok(earliest.zip(latest))
}

/// The sequence numbers between which rows of a span of time can be; both bounds belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Finds the bounds for `since` (included) and `until` (excluded).
pub(super) fn bounds(
    tx: &mut ReadTx<'_>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
) -> Answer<Bounds> {
    let mut bounds = Bounds {
        first: i64::MIN,
        last: i64::MAX,
    };
    if since.is_none() && until.is_none() {
        return Ok(bounds);
    }
    let closed: Option<i64> = tx.query(|link| {
        audit_spans::table
            .select(max(audit_spans::last_id))
            .first(link)
    })?;
    let tail_start = closed.map_or(1, |last| last + 1);
    if let Some(since) = since {
        let first: Option<i64> = tx.query(|link| {
            audit_spans::table
                .filter(audit_spans::latest.ge(micros(since)))
                .select(min(audit_spans::first_id))
                .first(link)
        })?;
        bounds.first = first.unwrap_or(tail_start);
    }
    if let Some(until) = until {
        let until = micros(until);
        let tail = extent(tx, tail_start, i64::MAX)?;
        if tail.is_none_or(|(earliest, _)| earliest >= until) {
            let last: Option<i64> = tx.query(|link| {
                audit_spans::table
                    .filter(audit_spans::earliest.lt(until))
                    .select(max(audit_spans::last_id))
                    .first(link)
            })?;
            bounds.last = last.unwrap_or(0);
        }
    }
    Ok(bounds)
}
