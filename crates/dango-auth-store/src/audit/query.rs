//! Asking the log, newest first.

use dango_auth_core::audit::chain::Link as Mac;
use dango_auth_core::audit::{EventName, TargetKind};
use diesel::prelude::*;

use super::row::EventRecord;
use super::span::{Bounds, bounds};
use super::verify;
use crate::Answer;
use crate::link::MultiBackend;
use crate::ports::{Anchor, AuditFilter, AuditReads, ChainReport, EventTime, Page, StoredEvent};
use crate::row::{Row, micros, page, page_limit};
use crate::schema::{audit_events, audit_head};
use crate::tx::ReadTx;

impl AuditReads for ReadTx<'_> {
    fn events(&mut self, filter: &AuditFilter, limit: u32) -> Answer<Page<StoredEvent>> {
        self.plan_by_values()?;
        let bounds = bounds(self, filter.since, filter.until)?;
        let mut found = Vec::new();
        if filter.names.is_empty() {
            found = load(self, filter, None, bounds, limit)?;
        }
        // One walk of the index per name: an `IN` list makes PostgreSQL sort the whole log.
        for (position, name) in filter.names.iter().enumerate() {
            let is_first = filter.names.iter().position(|other| other == name) == Some(position);
            if is_first {
                found.extend(load(self, filter, Some(name), bounds, limit)?);
            }
        }
        found.sort_by_key(|record| std::cmp::Reverse(record.id));
        let Page { rows, more } = page(found, limit);
        let rows = rows
            .into_iter()
            .map(EventRecord::into_stored)
            .collect::<Answer<Vec<_>>>()?;
        Ok(Page { rows, more })
    }

    fn event_times(&mut self, filter: &AuditFilter, limit: u32) -> Answer<Vec<EventTime>> {
        self.plan_by_values()?;
        let bounds = bounds(self, filter.since, filter.until)?;
        let mut found: Vec<(i64, &str, i64)> = Vec::new();
        for name in &filter.names {
            let name = name.as_str();
            let query = matching(filter, bounds)
                .filter(audit_events::event.eq(name))
                .order(audit_events::id.desc())
                .limit(i64::from(limit))
                .select((audit_events::id, audit_events::at));
            let rows = self.query(|link| query.load::<(i64, i64)>(link))?;
            found.extend(rows.into_iter().map(|(id, at)| (id, name, at)));
        }
        found.sort_unstable_by_key(|(id, ..)| std::cmp::Reverse(*id));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        found
            .into_iter()
            .map(|(id, name, at)| event_time(id, name, at))
            .collect()
    }

    fn event_name_exists(&mut self, name: &EventName) -> Answer<bool> {
        let named = audit_events::table.filter(audit_events::event.eq(name.as_str()));
        self.query(|link| diesel::select(diesel::dsl::exists(named)).get_result(link))
    }

    fn audit_head(&mut self) -> Answer<(i64, Mac)> {
        let (last_id, mac): (i64, Vec<u8>) = self.query(|link| {
            audit_head::table
                .select((audit_head::last_id, audit_head::mac))
                .get_result(link)
        })?;
        Ok((
            last_id,
            Row {
                table: "audit_head",
                id: "1",
            }
            .bytes("mac", &mac)?,
        ))
    }

    fn audit_links(&mut self, ids: &[i64]) -> Answer<Vec<Anchor>> {
        let found: Vec<(i64, Vec<u8>)> = self.query(|link| {
            audit_events::table
                .filter(audit_events::id.eq_any(ids))
                .order(audit_events::id.asc())
                .select((audit_events::id, audit_events::mac))
                .load(link)
        })?;
        let anchor = |(id, mac): (i64, Vec<u8>)| {
            let name = id.to_string();
            let row = Row {
                table: "audit_events",
                id: &name,
            };
            Ok(Anchor {
                id,
                mac: row.bytes("mac", &mac)?,
            })
        };
        found.into_iter().map(anchor).collect()
    }

    fn verify_chain(&mut self, anchors: &[Anchor]) -> Answer<ChainReport> {
        verify::chain(self, anchors)
    }
}

fn event_time(id: i64, name: &str, at: i64) -> Answer<EventTime> {
    let id = id.to_string();
    let row = Row {
        table: "audit_events",
        id: &id,
    };
    Ok(EventTime {
        name: row.need("event", EventName::parse(name).ok())?,
        at: row.instant("at", at)?,
    })
}

type Query<'a> = diesel::helper_types::IntoBoxed<
    'a,
    diesel::helper_types::Select<
        audit_events::table,
        diesel::helper_types::AsSelect<EventRecord, MultiBackend>,
    >,
    MultiBackend,
>;

fn load(
    tx: &mut ReadTx<'_>,
    filter: &AuditFilter,
    name: Option<&EventName>,
    bounds: Bounds,
    limit: u32,
) -> Answer<Vec<EventRecord>> {
    let mut query = matching(filter, bounds);
    if let Some(name) = name {
        query = query.filter(audit_events::event.eq(name.as_str().to_owned()));
    }
    let query = query
        .order(audit_events::id.desc())
        .limit(page_limit(limit));
    tx.query(|link| query.load(link))
}

fn matching<'a>(filter: &AuditFilter, bounds: Bounds) -> Query<'a> {
    let before = filter
        .before
        .unwrap_or(i64::MAX)
        .min(bounds.last.saturating_add(1));
    let mut query = audit_events::table
        .select(EventRecord::as_select())
        .filter(audit_events::id.ge(bounds.first))
        .filter(audit_events::id.lt(before))
        .into_boxed();
    if let Some(since) = filter.since {
        query = query.filter(audit_events::at.ge(micros(since)));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_events::at.lt(micros(until)));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_events::actor_name.eq(actor.clone()));
    }
    if let Some(user) = &filter.user {
        query = query
            .filter(audit_events::target_kind.eq(TargetKind::User.as_str()))
            .filter(audit_events::target_name.eq(user.clone()));
    }
    if let Some(ip) = filter.ip {
        query = query.filter(audit_events::ip.eq(ip.to_string()));
    }
    if let Some(outcome) = filter.outcome {
        query = query.filter(audit_events::outcome.eq(outcome.as_str()));
    }
    query
}
