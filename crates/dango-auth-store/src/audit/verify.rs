//! Checking that the log is what was written.

use dango_auth_core::audit::chain::{self, GENESIS, Link as Mac};
use diesel::prelude::*;

use super::row::EventRecord;
use super::span::BLOCK;
use crate::Answer;
use crate::keys::carried::{self, ChainKeys};
use crate::ports::{AuditReads as _, ChainReport, StoredEvent};
use crate::schema::{audit_events, audit_spans};
use crate::tx::ReadTx;

/// How far the check has come.
struct Walk {
    keys: ChainKeys,
    last_id: i64,
    mac: Mac,
    intact: u64,
}

/// Checks every row from the first to the head, and the spans made from them.
pub(super) fn chain(tx: &mut ReadTx<'_>) -> Answer<ChainReport> {
    let (head_id, head_mac) = tx.audit_head()?;
    let mut walk = Walk {
        keys: carried::chain(tx)?,
        last_id: 0,
        mac: GENESIS,
        intact: 0,
    };
    let mut after = i64::MIN;
    loop {
        let batch = batch(tx, after)?;
        let Some(last) = batch.last() else { break };
        after = last.id;
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
    Ok(walk.end(head_id, &head_mac))
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
        self.last_id = id;
        self.mac = stored.mac;
        self.intact += 1;
        None
    }

    /// Rows older than the last change of the key were chained with the key before.
    fn follows(&self, stored: &StoredEvent) -> bool {
        let key = self.keys.of_row(stored.id);
        chain::same(&key.link(&self.mac, stored.id, &stored.event), &stored.mac)
    }

    fn broken(&self, at: i64, reason: &'static str) -> ChainReport {
        ChainReport::Broken {
            at,
            reason,
            intact: self.intact,
        }
    }

    fn end(&self, head_id: i64, head_mac: &Mac) -> ChainReport {
        if self.last_id < head_id {
            return self.broken(self.last_id + 1, "truncated");
        }
        if !chain::same(&self.mac, head_mac) {
            return self.broken(self.last_id, "edited");
        }
        ChainReport::Intact { rows: self.intact }
    }
}

/// A span that was changed could hide rows from queries; the first row of its block is named.
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
            .first(link)
            .optional()
    })?;
    let expected = extent.map(|(earliest, latest)| (walk.last_id, earliest, latest));
    Ok((span != expected).then(|| ChainReport::Broken {
        at: first,
        reason: "edited",
        intact: walk.intact - BLOCK.unsigned_abs(),
    }))
}
