//! How far events were handed on to other systems, and who does it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::row::EventRecord;
use crate::Answer;
use crate::ports::{AuditStreamReads, AuditStreamWrites, StoredEvent};
use crate::row::micros;
use crate::schema::{audit_events, audit_streams};
use crate::tx::{ReadTx, WriteTx};

impl AuditStreamReads for ReadTx<'_> {
    fn events_after(&mut self, id: i64, limit: u32) -> Answer<Vec<StoredEvent>> {
        let found: Vec<EventRecord> = self.query(|link| {
            audit_events::table
                .filter(audit_events::id.gt(id))
                .order(audit_events::id.asc())
                .limit(i64::from(limit))
                .select(EventRecord::as_select())
                .load(link)
        })?;
        found.into_iter().map(EventRecord::into_stored).collect()
    }

    fn stream_position(&mut self, name: &str) -> Answer<Option<i64>> {
        self.query(|link| {
            audit_streams::table
                .find(name)
                .select(audit_streams::last_id)
                .get_result(link)
                .optional()
        })
    }
}

impl AuditStreamWrites for WriteTx<'_> {
    fn claim_stream(
        &mut self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Answer<Option<i64>> {
        // A first row by two at once is a conflict that runs the transaction again.
        if self.stream_position(name)?.is_none() {
            let values = (
                audit_streams::name.eq(name),
                audit_streams::last_id.eq(0_i64),
            );
            self.query(|link| {
                diesel::insert_into(audit_streams::table)
                    .values(values)
                    .execute(link)
            })?;
        }
        let is_free = audit_streams::holder
            .is_null()
            .or(audit_streams::holder.assume_not_null().eq(holder))
            .or(audit_streams::held_until.assume_not_null().le(micros(now)));
        self.query(|link| {
            diesel::update(audit_streams::table.find(name).filter(is_free))
                .set((
                    audit_streams::holder.eq(holder),
                    audit_streams::held_until.eq(micros(until)),
                ))
                .returning(audit_streams::last_id)
                .get_result(link)
                .optional()
        })
    }

    fn advance_stream(&mut self, name: &str, holder: &str, last_id: i64) -> Answer<bool> {
        let moved = self.query(|link| {
            diesel::update(audit_streams::table.find(name))
                .filter(audit_streams::holder.eq(holder))
                .set(audit_streams::last_id.eq(last_id))
                .execute(link)
        })?;
        Ok(moved == 1)
    }

    fn release_stream(&mut self, name: &str, holder: &str) -> Answer<()> {
        self.query(|link| {
            diesel::update(audit_streams::table.find(name))
                .filter(audit_streams::holder.eq(holder))
                .set((
                    audit_streams::holder.eq(None::<String>),
                    audit_streams::held_until.eq(None::<i64>),
                ))
                .execute(link)
        })
        .map(drop)
    }
}
