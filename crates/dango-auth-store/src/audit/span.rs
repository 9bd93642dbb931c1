//! Spans: the earliest and latest instant of each full block of rows.
//!
//! The log is ordered by sequence number, and instants follow it only nearly: servers' clocks differ,
//! and events taken over from elsewhere are older than their neighbours. So a query for a span of time
//! first asks which blocks can hold such rows. The latest instant so far and the earliest from here on
//! grow along the log whatever the instants do, so two looks into an index answer that exactly.

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
    let full = old_last / BLOCK..new_last / BLOCK;
    if full.is_empty() {
        return Ok(());
    }
    for block in full {
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
    set_in_order(tx)
}

fn extent(tx: &mut ReadTx<'_>, first: i64, last: i64) -> Answer<Option<(i64, i64)>> {
    let (earliest, latest): (Option<i64>, Option<i64>) = tx.query(|link| {
        audit_events::table
            .filter(audit_events::id.ge(first))
            .filter(audit_events::id.le(last))
            .select((min(audit_events::at), max(audit_events::at)))
            .get_result(link)
    })?;
    Ok(earliest.zip(latest))
}

/// Goes on with what grows along the log, also over spans that an older program left without it.
fn set_in_order(tx: &mut WriteTx<'_>) -> Answer<()> {
    let mut so_far: Option<i64> = tx.query(|link| {
        audit_spans::table
            .select(max(audit_spans::latest_so_far))
            .get_result(link)
    })?;
    let left: Vec<(i64, i64, i64)> = tx.query(|link| {
        audit_spans::table
            .filter(audit_spans::latest_so_far.is_null())
            .order(audit_spans::first_id.asc())
            .select((
                audit_spans::first_id,
                audit_spans::earliest,
                audit_spans::latest,
            ))
            .load(link)
    })?;
    for (first, earliest, latest) in left {
        so_far = so_far.max(Some(latest));
        tx.query(|link| {
            diesel::update(audit_spans::table.find(first))
                .set((
                    audit_spans::latest_so_far.eq(so_far),
                    audit_spans::earliest_from_here.eq(earliest),
                ))
                .execute(link)
        })?;
        // Hardly ever more than the span before; many when older events were taken over from elsewhere.
        let later = audit_spans::table.filter(audit_spans::earliest_from_here.gt(earliest));
        tx.query(|link| {
            diesel::update(later)
                .set(audit_spans::earliest_from_here.eq(earliest))
                .execute(link)
        })?;
    }
    Ok(())
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
    let tail_start = in_order(tx)?.map_or(1, |last| last + 1);
    if let Some(since) = since {
        let first: Option<i64> = tx.query(|link| {
            audit_spans::table
                .filter(audit_spans::latest_so_far.ge(micros(since)))
                .order((
                    audit_spans::latest_so_far.asc(),
                    audit_spans::first_id.asc(),
                ))
                .select(audit_spans::first_id)
                .first(link)
                .optional()
        })?;
        bounds.first = first.unwrap_or(tail_start);
    }
    if let Some(until) = until {
        let until = micros(until);
        let tail = extent(tx, tail_start, i64::MAX)?;
        if tail.is_none_or(|(earliest, _)| earliest >= until) {
            let last: Option<i64> = tx.query(|link| {
                audit_spans::table
                    .filter(audit_spans::earliest_from_here.lt(until))
                    .order((
                        audit_spans::earliest_from_here.desc(),
                        audit_spans::first_id.desc(),
                    ))
                    .select(audit_spans::last_id)
                    .first(link)
                    .optional()
            })?;
            bounds.last = last.unwrap_or(0);
        }
    }
    Ok(bounds)
}

/// The last row of the last span that has its place in the order; what comes after it is looked at itself.
fn in_order(tx: &mut ReadTx<'_>) -> Answer<Option<i64>> {
    tx.query(|link| {
        audit_spans::table
            .filter(audit_spans::latest_so_far.is_not_null())
            .order(audit_spans::first_id.desc())
            .select(audit_spans::last_id)
            .first(link)
            .optional()
    })
}

/// A span as it is kept.
#[derive(Clone, Copy, Queryable)]
struct Kept {
    first: i64,
    earliest: i64,
    latest: i64,
    so_far: Option<i64>,
    from_here: Option<i64>,
}

/// The first row of the first block whose place in the order is not what the spans themselves say: queries could
/// miss rows by it.
pub(super) fn out_of_order(tx: &mut ReadTx<'_>) -> Answer<Option<i64>> {
    let spans: Vec<Kept> = tx.query(|link| {
        audit_spans::table
            .order(audit_spans::first_id.asc())
            .select((
                audit_spans::first_id,
                audit_spans::earliest,
                audit_spans::latest,
                audit_spans::latest_so_far,
                audit_spans::earliest_from_here,
            ))
            .load(link)
    })?;
    let placed = spans.iter().position(|span| span.so_far.is_none());
    let (placed, left) = spans.split_at(placed.unwrap_or(spans.len()));
    // What was before the first span may have been taken out in order.
    let mut so_far = placed.first().and_then(|span| span.so_far);
    for (place, span) in placed.iter().enumerate() {
        so_far = so_far.max(Some(span.latest));
        let after = placed.get(place + 1).and_then(|span| span.from_here);
        let from_here = Some(after.unwrap_or(i64::MAX).min(span.earliest));
        if (span.so_far, span.from_here) != (so_far, from_here) {
            return Ok(Some(span.first));
        }
    }
    let wrong = left
        .iter()
        .find(|span| span.so_far.is_some() || span.from_here.is_some());
    Ok(wrong.map(|span| span.first))
}
