//! Appending to the log: the last thing a transaction does.

use dango_auth_core::audit::Event;
use dango_auth_core::audit::blind::Blind;
use dango_auth_core::audit::chain::{ChainKey, GENESIS, Link as Mac};
use diesel::prelude::*;

use super::row::{EventRecord, storable};
use super::span;
use crate::Answer;
use crate::keys::random;
use crate::link::on_each;
use crate::ports::AuditWrites;
use crate::prepared::StayPrepared as _;
use crate::row::Row;
use crate::schema::{audit_events, audit_head};
use crate::tx::WriteTx;

/// Rows of one statement; a statement holds at most 32,766 values on SQLite.
const BATCH: usize = 1000;

impl AuditWrites for WriteTx<'_> {
    fn note(&mut self, event: Event) {
        self.add_event(event);
    }
}

/// Chains events to the log and stores them.
///
/// LOCK: the head row is locked here, after everything else, and held only until the commit; locking
/// it first would make every writer wait for the whole work of every other.
pub(crate) fn append(tx: &mut WriteTx<'_>, events: Vec<Event>) -> Answer<()> {
    if events.is_empty() {
        return Ok(());
    }
    let (last_id, mac) = lock_head(tx)?;
    let (records, head) = chained(&tx.keys().chain_key(), events, last_id, mac)?;
    for batch in records.chunks(BATCH) {
        tx.query(|link| {
            // One event is what nearly every change has; alone, its statement stays prepared.
            if let [record] = batch {
                let alone = diesel::insert_into(audit_events::table).values(record);
                return alone.execute(link);
            }
            on_each!(link, connection => {
                diesel::insert_into(audit_events::table).values(batch).execute(connection)
            })
        })?;
    }
    let (new_id, new_mac) = head;
    tx.query(|link| {
        diesel::update(audit_head::table)
            .set((
                audit_head::last_id.eq(new_id),
                audit_head::mac.eq(new_mac.as_slice()),
            ))
            .returning(audit_head::last_id)
            .stay_prepared()
            .count::<i64>(link)
    })?;
    span::close(tx, last_id, new_id)
}

/// An update that changes nothing locks the row and returns it, on both backends.
///
/// It also says which key the next row is chained with; a new one is taken over.
pub(crate) fn lock_head(tx: &mut WriteTx<'_>) -> Answer<(i64, Mac)> {
    let (last_id, mac, key_id): (i64, Vec<u8>, Option<String>) = tx.query(|link| {
        diesel::update(audit_head::table)
            .set(audit_head::id.eq(audit_head::id))
            .returning((audit_head::last_id, audit_head::mac, audit_head::key_id))
            .stay_prepared()
            .get_result(link)
    })?;
    tx.keys().adopt(key_id.as_deref())?;
    let row = Row {
        table: "audit_head",
        id: "1",
    };
    Ok((last_id, row.bytes("mac", &mac)?))
}

type Chained = (Vec<EventRecord>, (i64, Mac));

fn chained(key: &ChainKey, events: Vec<Event>, last_id: i64, mac: Mac) -> Answer<Chained> {
    let mut head = (last_id, if last_id == 0 { GENESIS } else { mac });
    let mut records = Vec::with_capacity(events.len());
    for event in events {
        let event = storable(event);
        let id = head.0 + 1;
        let salt = random()?;
        let blind = Blind::from_random(salt);
        head = (id, key.link(&head.1, id, &event, Some(&blind)));
        records.push(EventRecord::of(id, &event, &head.1, Some(salt.to_vec())));
    }
    Ok((records, head))
}
