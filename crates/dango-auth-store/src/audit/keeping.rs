//! Keeping the log in bounds: taking out what is old behind a sealed checkpoint, and erasing what names people.
//!
//! Both leave the chain verifiable (ADR 0011): what was taken out is vouched for by the checkpoint, what was
//! erased by the digests the chain covers.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::blind::Part;
use dango_auth_core::audit::chain::Link as Mac;
use dango_auth_core::audit::{ActorKind, Event, TargetKind};
use diesel::dsl::min;
use diesel::prelude::*;

use super::append::lock_head;
use super::row::EventRecord;
use crate::ports::{AuditKeeping, Erased, PersonInLog};
use crate::row::{Row, micros};
use crate::schema::{audit_checkpoint, audit_events, audit_permit, audit_spans};
use crate::tx::{ReadTx, WriteTx};
use crate::{Answer, StoreError};

/// Events that are looked at in one go.
const BATCH: i64 = 1000;

/// Where the rest of the log begins, after old events were taken out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkpoint {
    pub(crate) last_id: i64,
    pub(crate) mac: Mac,
    seal: Mac,
}

impl Checkpoint {
    /// The checkpoint, if there is one.
    pub(crate) fn read(tx: &mut ReadTx<'_>) -> Answer<Option<Self>> {
        let found: Option<(i64, Vec<u8>, Vec<u8>)> = tx.query(|link| {
            audit_checkpoint::table
                .select((
                    audit_checkpoint::last_id,
                    audit_checkpoint::mac,
                    audit_checkpoint::seal,
                ))
                .get_result(link)
                .optional()
        })?;
        let row = Row {
            table: "audit_checkpoint",
            id: "1",
        };
        let Some((last_id, mac, seal)) = found else {
            return Ok(None);
        };
        Ok(Some(Self {
            last_id,
            mac: row.bytes("mac", &mac)?,
            seal: row.bytes("seal", &seal)?,
        }))
    }

    /// Whether it was written by somebody with the key in force.
    pub(crate) fn is_genuine(&self, tx: &ReadTx<'_>) -> bool {
        let expected = tx.keys().chain_key().checkpoint(self.last_id, &self.mac);
        dango_auth_core::audit::chain::same(&expected, &self.seal)
    }

    /// Writes it under `key`, in place of the one before.
    pub(crate) fn write(
        tx: &mut WriteTx<'_>,
        last_id: i64,
        mac: &Mac,
        key: &dango_auth_core::audit::chain::ChainKey,
    ) -> Answer<()> {
        let values = (
            audit_checkpoint::id.eq(1),
            audit_checkpoint::last_id.eq(last_id),
            audit_checkpoint::mac.eq(mac.as_slice()),
            audit_checkpoint::seal.eq(key.checkpoint(last_id, mac).to_vec()),
        );
        tx.query(|link| diesel::delete(audit_checkpoint::table).execute(link))?;
        tx.query(|link| {
            diesel::insert_into(audit_checkpoint::table)
                .values(values)
                .execute(link)
        })
        .map(drop)
    }
}

/// Runs `work` while the log may be changed; the permit never outlives the transaction.
fn permitted<T>(
    tx: &mut WriteTx<'_>,
    work: impl FnOnce(&mut WriteTx<'_>) -> Answer<T>,
) -> Answer<T> {
    tx.query(|link| {
        diesel::insert_into(audit_permit::table)
            .values(audit_permit::id.eq(1))
            .execute(link)
    })?;
    let done = work(tx)?;
    tx.query(|link| diesel::delete(audit_permit::table).execute(link))?;
    Ok(done)
}

impl AuditKeeping for WriteTx<'_> {
    fn last_event_before(&mut self, before: DateTime<Utc>) -> Answer<i64> {
        let kept: Option<i64> = self.query(|link| {
            audit_events::table
                .filter(audit_events::at.ge(micros(before)))
                .select(min(audit_events::id))
                .get_result(link)
        })?;
        match kept {
            Some(first) => Ok(first - 1),
            None => Ok(lock_head(self)?.0),
        }
    }

    fn take_out_events(&mut self, through: i64, limit: u32) -> Answer<u64> {
        // LOCK: the head, so that one at a time takes out.
        let (head, _) = lock_head(self)?;
        let first: Option<i64> = self.query(|link| {
            audit_events::table
                .select(min(audit_events::id))
                .get_result(link)
        })?;
        let Some(first) = first else { return Ok(0) };
        let last = through.min(head).min(first + i64::from(limit) - 1);
        if last < first {
            return Ok(0);
        }
        let mac: Vec<u8> = self.query(|link| {
            audit_events::table
                .find(last)
                .select(audit_events::mac)
                .get_result(link)
        })?;
        let id = last.to_string();
        let row = Row {
            table: "audit_events",
            id: &id,
        };
        let key = self.keys().chain_key();
        Checkpoint::write(self, last, &row.bytes("mac", &mac)?, &key)?;
        permitted(self, |tx| {
            let old = audit_events::table.filter(audit_events::id.le(last));
            tx.query(|link| diesel::delete(old).execute(link))?;
            let spans = audit_spans::table.filter(audit_spans::last_id.le(last));
            tx.query(|link| diesel::delete(spans).execute(link))
        })?;
        Ok((last - first + 1).unsigned_abs())
    }

    fn person_in_log(&mut self, name: &str) -> Answer<PersonInLog> {
        let targets: Vec<Option<String>> = self.query(|link| {
            audit_events::table
                .filter(audit_events::target_kind.eq(TargetKind::User.as_str()))
                .filter(audit_events::target_name.eq(name))
                .select(audit_events::target_id)
                .distinct()
                .load(link)
        })?;
        let actors: Vec<Option<String>> = self.query(|link| {
            audit_events::table
                .filter(audit_events::actor_kind.eq(ActorKind::User.as_str()))
                .filter(audit_events::actor_name.eq(name))
                .select(audit_events::actor_id)
                .distinct()
                .load(link)
        })?;
        let mut ids: Vec<String> = targets.into_iter().chain(actors).flatten().collect();
        ids.sort();
        ids.dedup();
        let mut person = PersonInLog {
            names: vec![name.to_owned()],
            ids,
        };
        other_names(self, &mut person)?;
        Ok(person)
    }

    fn erase_person(&mut self, person: &PersonInLog, after: i64) -> Answer<Erased> {
        let records: Vec<EventRecord> = self.query(|link| {
            audit_events::table
                .filter(audit_events::id.gt(after))
                .order(audit_events::id.asc())
                .limit(BATCH)
                .select(EventRecord::as_select())
                .load(link)
        })?;
        let mut done = Erased {
            last: records.last().map(EventRecord::id),
            ..Erased::default()
        };
        permitted(self, |tx| {
            for record in records {
                match erase(tx, record, person)? {
                    Erasure::Nothing => {}
                    Erasure::Done => done.rows += 1,
                    Erasure::TooOld => done.too_old += 1,
                }
            }
            Ok(())
        })?;
        Ok(done)
    }
}

/// Names that the same account had at other times.
fn other_names(tx: &mut ReadTx<'_>, person: &mut PersonInLog) -> Answer<()> {
    for id in person.ids.clone() {
        let as_target: Vec<Option<String>> = tx.query(|link| {
            audit_events::table
                .filter(audit_events::target_id.eq(&id))
                .select(audit_events::target_name)
                .distinct()
                .load(link)
        })?;
        let as_actor: Vec<String> = tx.query(|link| {
            audit_events::table
                .filter(audit_events::actor_kind.eq(ActorKind::User.as_str()))
                .filter(audit_events::actor_id.eq(&id))
                .select(audit_events::actor_name)
                .distinct()
                .load(link)
        })?;
        let erased = dango_auth_core::audit::blind::ERASED;
        for name in as_target.into_iter().flatten().chain(as_actor) {
            if name != erased && !person.names.contains(&name) {
                person.names.push(name);
            }
        }
    }
    Ok(())
}

enum Erasure {
    Nothing,
    Done,
    /// The row is of the first form, which covers names themselves.
    TooOld,
}

fn erase(tx: &mut WriteTx<'_>, record: EventRecord, person: &PersonInLog) -> Answer<Erasure> {
    let stored = record.into_stored()?;
    let mut event = stored.event;
    let parts = parts_about(&event, person);
    if parts.is_empty() {
        return Ok(Erasure::Nothing);
    }
    let Some(mut blind) = stored.blind else {
        return Ok(Erasure::TooOld);
    };
    for part in parts {
        blind.erase(&mut event, part);
    }
    let row = EventRecord::of(stored.id, &event, &stored.mac, Some(blind.to_stored()));
    let changed = tx.query(|link| {
        diesel::update(audit_events::table.find(stored.id))
            .set((
                audit_events::actor_name.eq(row.actor_name),
                audit_events::target_name.eq(row.target_name),
                audit_events::ip.eq(row.ip),
                audit_events::user_agent.eq(row.user_agent),
                audit_events::details.eq(row.details),
                audit_events::blind.eq(row.blind),
            ))
            .execute(link)
    })?;
    if changed == 1 {
        Ok(Erasure::Done)
    } else {
        Err(StoreError::not_found("event", stored.id))
    }
}

/// The parts of an event that tell something about a person.
fn parts_about(event: &Event, person: &PersonInLog) -> Vec<Part> {
    let is_name = |name: &str| person.names.iter().any(|known| known == name);
    let is_id = |id: Option<&str>| id.is_some_and(|id| person.ids.iter().any(|known| known == id));
    let mut parts = Vec::new();
    if is_name(event.actor.name()) || is_id(event.actor.id()) {
        parts.extend([Part::Actor, Part::Client]);
    }
    let by_stranger = event.actor.kind() == ActorKind::Anonymous;
    if let Some(target) = &event.target
        && (is_name(&target.name) || is_id(target.id.as_deref()))
    {
        parts.push(Part::Target);
        if by_stranger && !parts.contains(&Part::Client) {
            parts.push(Part::Client);
        }
    }
    let details = serde_json::Value::Object(event.details.clone());
    if mentions(&details, &person.names) {
        parts.push(Part::Details);
    }
    parts
}

fn mentions(value: &serde_json::Value, names: &[String]) -> bool {
    match value {
        serde_json::Value::String(text) => names.iter().any(|name| text.contains(name.as_str())),
        serde_json::Value::Array(items) => items.iter().any(|item| mentions(item, names)),
        serde_json::Value::Object(members) => members.values().any(|item| mentions(item, names)),
        _ => false,
    }
}
