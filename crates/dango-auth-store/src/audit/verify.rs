//! Checking that the log is what was written.

use std::collections::BTreeMap;

use dango_auth_core::audit::chain::{self, GENESIS, Link as Mac};
use diesel::dsl::min;
use diesel::prelude::*;

use super::keeping::Checkpoint;
use super::row::EventRecord;
use super::span::{self, BLOCK};
use crate::Answer;
use crate::keys::carried::{self, ChainKeys};
use crate::ports::{Anchor, AuditReads as _, ChainReport, StoredEvent};
use crate::schema::{audit_events, audit_spans};
use crate::tx::ReadTx;

/// How far the check has come.
struct Walk {
    keys: ChainKeys,
    anchors: BTreeMap<i64, Vec<Mac>>,
    /// The last row that was taken out in order.
    first_id: i64,
    last_id: i64,
    mac: Mac,
    intact: u64,
}

/// Checks every row from the first, or from where the log was cut off in order, to the head; the spans made from
/// them; and that the log has every row an anchor speaks of.
pub(super) fn chain(tx: &mut ReadTx<'_>, anchors: &[Anchor]) -> Answer<ChainReport> {
    let (head_id, head_mac) = tx.audit_head()?;
    let mut walk = Walk {
        keys: carried::chain(tx)?,
        anchors: by_row(anchors),
        first_id: 0,
        last_id: 0,
        mac: GENESIS,
        intact: 0,
    };
    if let Some(checkpoint) = Checkpoint::read(tx)? {
        if !checkpoint.is_genuine(tx) {
            return Ok(walk.broken(checkpoint.last_id, "edited"));
        }
        (walk.first_id, walk.last_id, walk.mac) =
            (checkpoint.last_id, checkpoint.last_id, checkpoint.mac);
    }
    if let Some(id) = row_at_or_before(tx, walk.last_id)? {
        return Ok(walk.broken(id, "extra"));
    }
    loop {
        let batch = batch(tx, walk.last_id)?;
        if batch.is_empty() {
            break;
        }
        let extent = extent(&batch);
        for record in batch {
            if let Some(broken) = walk.step(record, head_id) {
                return Ok(broken);
            }
        }
        if let Some(broken) = check_span(tx, &walk, extent)? {
            return Ok(broken);
        }
    }
    if let Some(first) = span::out_of_order(tx)? {
        return Ok(walk.wrong_span(first));
    }
    Ok(walk.end(head_id, &head_mac))
}

/// Links that anchors give, by row.
fn by_row(anchors: &[Anchor]) -> BTreeMap<i64, Vec<Mac>> {
    let mut rows: BTreeMap<i64, Vec<Mac>> = BTreeMap::new();
    for anchor in anchors {
        rows.entry(anchor.id).or_default().push(anchor.mac);
    }
    rows
}

fn row_at_or_before(tx: &mut ReadTx<'_>, id: i64) -> Answer<Option<i64>> {
    tx.query(|link| {
        audit_events::table
            .filter(audit_events::id.le(id))
            .select(min(audit_events::id))
            .get_result(link)
    })
}

/// Rows up to the next border of a block.
fn batch(tx: &mut ReadTx<'_>, after: i64) -> Answer<Vec<EventRecord>> {
    let to_border = BLOCK - after.max(0) % BLOCK;
    tx.query(|link| {
        audit_events::table
            .filter(audit_events::id.gt(after))
            .order(audit_events::id.asc())
            .limit(to_border)
            .select(EventRecord::as_select())
            .load(link)
    })
}

fn extent(batch: &[EventRecord]) -> Option<(i64, i64)> {
    let instants = || batch.iter().map(|record| record.at);
    instants().min().zip(instants().max())
}

impl Walk {
    /// Takes one row further; tells what is wrong with it, if anything is.
    fn step(&mut self, record: EventRecord, head_id: i64) -> Option<ChainReport> {
        let (id, expected) = (record.id, self.last_id + 1);
        if id < expected || id > head_id {
            return Some(self.broken(id, "extra"));
        }
        if id > expected {
            return Some(self.broken(expected, "missing"));
        }
        // A row that cannot be read any more was edited too.
        let Ok(stored) = record.into_stored() else {
            return Some(self.broken(id, "edited"));
        };
        if !self.follows(&stored) {
            return Some(self.broken(id, "edited"));
        }
        // The chain fits, but it is not the one that was seen before: another copy of the database went on.
        let seen = self.anchors.get(&id);
        if seen.is_some_and(|seen| !seen.iter().all(|mac| chain::same(mac, &stored.mac))) {
            return Some(self.broken(id, "rewritten"));
        }
        self.last_id = id;
        self.mac = stored.mac;
        self.intact += 1;
        None
    }

    /// Rows older than the last change of the key were chained with the key before.
    fn follows(&self, stored: &StoredEvent) -> bool {
        let key = self.keys.of_row(stored.id);
        let blind = stored.blind.as_ref();
        let cleared = blind.is_none_or(|blind| blind.is_cleared(&stored.event));
        let link = key.link(&self.mac, stored.id, &stored.event, blind);
        cleared && chain::same(&link, &stored.mac)
    }

    fn broken(&self, at: i64, reason: &'static str) -> ChainReport {
        ChainReport::Broken {
            at,
            reason,
            intact: self.intact,
        }
    }

    /// A span that was changed could hide rows from queries; the first row of its block is named.
    fn wrong_span(&self, first: i64) -> ChainReport {
        ChainReport::Broken {
            at: first,
            reason: "edited",
            intact: (first - 1 - self.first_id).max(0).unsigned_abs(),
        }
    }

    fn end(&self, head_id: i64, head_mac: &Mac) -> ChainReport {
        if self.last_id < head_id {
            return self.broken(self.last_id + 1, "truncated");
        }
        if !chain::same(&self.mac, head_mac) {
            return self.broken(self.last_id, "edited");
        }
        // An older copy of the database is intact in itself; only from outside does it show that rows are gone.
        if self
            .anchors
            .keys()
            .next_back()
            .is_some_and(|id| *id > head_id)
        {
            return self.broken(head_id + 1, "rolled_back");
        }
        ChainReport::Intact { rows: self.intact }
    }
}

/// Compares the span of the block that ends here with its rows.
fn check_span(
    tx: &mut ReadTx<'_>,
    walk: &Walk,
    extent: Option<(i64, i64)>,
) -> Answer<Option<ChainReport>> {
    if walk.last_id % BLOCK != 0 {
        return Ok(None);
    }
    let first = walk.last_id - BLOCK + 1;
    let span: Option<(i64, i64, i64)> = tx.query(|link| {
        audit_spans::table
            .find(first)
            .select((
                audit_spans::last_id,
                audit_spans::earliest,
                audit_spans::latest,
            ))
            .get_result(link)
            .optional()
    })?;
    // Of a block that was partly taken out the span still holds, but is wider than what is left.
    let is_whole = walk.first_id < first;
    let fits = match (span, extent) {
        (Some((last, earliest, latest)), Some(rows)) => {
            let encloses = earliest <= rows.0 && latest >= rows.1;
            last == walk.last_id && encloses && (!is_whole || (earliest, latest) == rows)
        }
        _ => false,
    };
    Ok((!fits).then(|| walk.wrong_span(first)))
}
