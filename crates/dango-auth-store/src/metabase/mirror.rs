//! The mirror as a whole, and the ports.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::Event;
use dango_auth_core::id::UserId;
use diesel::prelude::*;

use super::{links, outbox};
use crate::Answer;
use crate::ports::{
    Claim, Lease, MetabaseChanges, MetabaseReads, MetabaseWrites, Mirror, Named, Outage,
    OutboxLength, Waiting,
};
use crate::row::{Row, micros};
use crate::schema::metabase_mirror as mirror;
use crate::tx::{ChangeTx, ReadTx, WriteTx};

#[derive(Queryable, Selectable, AsChangeset)]
#[diesel(table_name = mirror, treat_none_as_null = true)]
struct Record {
    url: Option<String>,
    reconcile_at: Option<i64>,
    reconciled_at: Option<i64>,
    drift: i32,
    failures: i32,
    failing_since: Option<i64>,
    retry_at: Option<i64>,
    last_error: Option<String>,
    reported: bool,
}

const ROW: Row<'static> = Row {
    table: "metabase_mirror",
    id: "1",
};

impl Record {
    /// A mirror of `url`, or of nothing, that has not begun.
    fn new(url: Option<&str>, now: DateTime<Utc>) -> Self {
        Self {
            url: url.map(str::to_owned),
            reconcile_at: url.map(|_| micros(now)),
            reconciled_at: None,
            drift: 0,
            failures: 0,
            failing_since: None,
            retry_at: None,
            last_error: None,
            reported: false,
        }
    }

    fn read(self) -> Answer<Option<Mirror>> {
        let outage = self.outage()?;
        let Some(url) = self.url else {
            return Ok(None);
        };
        let reconcile_at = ROW.instant_opt("reconcile_at", self.reconcile_at)?;
        Ok(Some(Mirror {
            url,
            reconcile_at: ROW.need("reconcile_at", reconcile_at)?,
            reconciled_at: ROW.instant_opt("reconciled_at", self.reconciled_at)?,
            drift: ROW.count("drift", self.drift.into())?,
            outage,
        }))
    }

    fn outage(&self) -> Answer<Option<Outage>> {
        let Some(since) = ROW.instant_opt("failing_since", self.failing_since)? else {
            return Ok(None);
        };
        let retry_at = ROW.instant_opt("retry_at", self.retry_at)?;
        Ok(Some(Outage {
            failures: ROW.count("failures", self.failures.into())?,
            since,
            retry_at: ROW.need("retry_at", retry_at)?,
            error: self.last_error.clone().unwrap_or_default(),
            reported: self.reported,
        }))
    }
}

fn put(tx: &mut WriteTx<'_>, record: &Record) -> Answer<()> {
    tx.query(|link| diesel::update(mirror::table).set(record).execute(link))
        .map(drop)
}

impl MetabaseReads for ReadTx<'_> {
    fn mirror(&mut self) -> Answer<Option<Mirror>> {
        let select = Record::as_select();
        let found: Record = self.query(|link| mirror::table.select(select).get_result(link))?;
        found.read()
    }

    fn outbox_length(&mut self) -> Answer<OutboxLength> {
        outbox::length(self)
    }

    fn outbox(&mut self, limit: u32) -> Answer<Vec<Waiting>> {
        outbox::list(self, limit)
    }

    fn is_due(&mut self, now: DateTime<Utc>) -> Answer<bool> {
        outbox::is_due(self, now)
    }

    fn metabase_id(&mut self, user: UserId) -> Answer<Option<i64>> {
        links::of_user(self, user)
    }

    fn metabase_holder(&mut self, metabase_id: i64) -> Answer<Option<UserId>> {
        links::holder(self, metabase_id)
    }

    fn metabase_links(&mut self) -> Answer<Vec<(UserId, i64)>> {
        links::all(self)
    }
}

impl MetabaseWrites for WriteTx<'_> {
    fn claim(&mut self, lease: Lease<'_>) -> Answer<Option<Claim>> {
        outbox::claim(self, lease)
    }

    fn hurry(&mut self, now: DateTime<Utc>) -> Answer<()> {
        outbox::hurry(self, now)
    }

    fn delivered(&mut self, claim: &Claim) -> Answer<()> {
        outbox::delivered(self, claim)
    }

    fn put_back(&mut self, claim: &Claim, next_try_at: DateTime<Utc>) -> Answer<()> {
        outbox::put_back(self, claim, next_try_at)
    }

    fn failed(
        &mut self,
        claim: &Claim,
        error: &str,
        next_try_at: DateTime<Utc>,
        report: Option<Event>,
    ) -> Answer<()> {
        let reported = claim.waiting.reported || report.is_some();
        let counts = outbox::failed(self, claim, error, next_try_at, reported)?;
        if let Some(event) = report.filter(|_| counts) {
            self.add_event(event);
        }
        Ok(())
    }

    fn link(&mut self, user: UserId, metabase_id: i64, at: DateTime<Utc>) -> Answer<()> {
        links::put(self, user, metabase_id, at)
    }

    fn unlink(&mut self, user: UserId) -> Answer<()> {
        links::remove(self, user)
    }

    fn note_outage(&mut self, outage: Option<&Outage>, report: Option<Event>) -> Answer<()> {
        let row = (
            mirror::failures
                .eq(outage.map_or(0, |o| i32::try_from(o.failures).unwrap_or(i32::MAX))),
            mirror::failing_since.eq(outage.map(|outage| micros(outage.since))),
            mirror::retry_at.eq(outage.map(|outage| micros(outage.retry_at))),
            mirror::last_error.eq(outage.map(|outage| &outage.error)),
            mirror::reported.eq(outage.is_some_and(|outage| outage.reported)),
        );
        self.query(|link| diesel::update(mirror::table).set(row).execute(link))?;
        if let Some(event) = report {
            self.add_event(event);
        }
        Ok(())
    }

    fn claim_reconcile(&mut self, now: DateTime<Utc>, next: DateTime<Utc>) -> Answer<bool> {
        let due = mirror::reconcile_at.le(micros(now));
        let taken = self.query(|link| {
            diesel::update(mirror::table.filter(due))
                .set(mirror::reconcile_at.eq(micros(next)))
                .execute(link)
        })?;
        Ok(taken == 1)
    }

    fn note_reconciled(&mut self, at: DateTime<Utc>, drift: u32) -> Answer<()> {
        let row = (
            mirror::reconciled_at.eq(micros(at)),
            mirror::drift.eq(i32::try_from(drift).unwrap_or(i32::MAX)),
        );
        self.query(|link| diesel::update(mirror::table).set(row).execute(link))
            .map(drop)
    }
}

impl MetabaseChanges for ChangeTx<'_> {
    fn attach(&mut self, url: &str, now: DateTime<Utc>) -> Answer<bool> {
        if self.mirror()?.is_some_and(|mirror| mirror.url == url) {
            return Ok(false);
        }
        // Ids of one server mean other people on another.
        let linked_to: Option<String> =
            self.query(|link| mirror::table.select(mirror::linked_url).get_result(link))?;
        if linked_to.as_deref() != Some(url) {
            links::clear(self)?;
        }
        outbox::clear(self)?;
        put(self, &Record::new(Some(url), now))?;
        self.query(|link| {
            diesel::update(mirror::table)
                .set(mirror::linked_url.eq(url))
                .execute(link)
        })?;
        outbox::queue_all(self, now)?;
        Ok(true)
    }

    fn detach(&mut self) -> Answer<bool> {
        if self.mirror()?.is_none() {
            return Ok(false);
        }
        outbox::clear(self)?;
        put(self, &Record::new(None, DateTime::UNIX_EPOCH))?;
        Ok(true)
    }

    fn queue(&mut self, people: &[Named], now: DateTime<Utc>) -> Answer<()> {
        outbox::queue(self, people, now)
    }
}
