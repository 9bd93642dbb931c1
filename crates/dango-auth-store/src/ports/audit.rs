//! The audit log.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use dango_auth_core::audit::blind::Blind;
use dango_auth_core::audit::{Event, EventName, Outcome};

use super::Page;
use crate::Answer;

/// An event with its place in the log.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Sequence number without gaps.
    pub id: i64,
    /// The event.
    pub event: Event,
    /// Its link in the chain.
    pub mac: [u8; 32],
    /// What its parts are checked by, or what is left of erased ones; rows of the first form have none.
    pub blind: Option<Blind>,
}

/// A link that was seen before and written down elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The row's sequence number.
    pub id: i64,
    /// Its link.
    pub mac: [u8; 32],
}

/// What the log knows somebody by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonInLog {
    /// Their names, at any time.
    pub names: Vec<String>,
    /// The ids of their accounts.
    pub ids: Vec<String>,
}

/// What erasing did in one batch of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Events of which a part was erased.
    pub rows: u64,
    /// Events that name the person but are older than the form that can be erased.
    pub too_old: u64,
    /// The last event of the batch; none when it was empty.
    pub last: Option<i64>,
}

/// Which events a query shows; all conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// At or after.
    pub since: Option<DateTime<Utc>>,
    /// Before (exclusive).
    pub until: Option<DateTime<Utc>>,
    /// Any of these names; empty is all.
    pub names: Vec<EventName>,
    /// The actor's name.
    pub actor: Option<String>,
    /// The target user's name.
    pub user: Option<String>,
    /// The client's address.
    pub ip: Option<IpAddr>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Only events older than this sequence number (the cursor).
    pub before: Option<i64>,
}

/// The result of checking the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainReport {
    /// All rows are bound to each other and to the head.
    Intact {
        /// How many.
        rows: u64,
    },
    /// The first row that is not what was written.
    Broken {
        /// Its sequence number.
        at: i64,
        /// What is wrong: `edited`, `missing`, `extra`, `truncated`; or, against anchors, `rolled_back` and
        /// `rewritten`.
        reason: &'static str,
        /// How many rows before it are intact.
        intact: u64,
    },
}

/// Name and time of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTime {
    /// What happened.
    pub name: EventName,
    /// When.
    pub at: DateTime<Utc>,
}

/// Asking the audit log.
pub trait AuditReads {
    /// Events, newest first.
    fn events(&mut self, filter: &AuditFilter, limit: u32) -> Answer<Page<StoredEvent>>;
    /// Name and time of the newest events with one of the filter's names, for counting: no more is read.
    fn event_times(&mut self, filter: &AuditFilter, limit: u32) -> Answer<Vec<EventTime>>;
    /// Tells whether an event of this name was ever stored.
    fn event_name_exists(&mut self, name: &EventName) -> Answer<bool>;
    /// The head: last sequence number and its link.
    fn audit_head(&mut self) -> Answer<(i64, [u8; 32])>;
    /// The links of these rows, as far as there are such rows.
    fn audit_links(&mut self, ids: &[i64]) -> Answer<Vec<Anchor>>;
    /// Checks every row from the first to the head, in batches, and that no anchored row is gone or another.
    fn verify_chain(&mut self, anchors: &[Anchor]) -> Answer<ChainReport>;
}

/// Adding to the audit log.
pub trait AuditWrites {
    /// Adds an event; it is chained and stored last, just before the commit.
    fn note(&mut self, event: Event);
}

/// Keeping the log in bounds. Each call is short; a long job is many transactions.
pub trait AuditKeeping {
    /// The last event of those that are all older than an instant.
    fn last_event_before(&mut self, before: DateTime<Utc>) -> Answer<i64>;
    /// Takes out the oldest events, at most `limit` of those up to `through`, behind a sealed checkpoint.
    fn take_out_events(&mut self, through: i64, limit: u32) -> Answer<u64>;
    /// What the log knows somebody by, found by one of their names.
    fn person_in_log(&mut self, name: &str) -> Answer<PersonInLog>;
    /// Erases what tells about a person in the next events behind `after`.
    fn erase_person(&mut self, person: &PersonInLog, after: i64) -> Answer<Erased>;
}

/// Handing events on to other systems.
pub trait AuditStreamReads {
    /// The next events behind one, oldest first. Numbers have no gaps and become visible in their order, so none
    /// is passed over.
    fn events_after(&mut self, id: i64, limit: u32) -> Answer<Vec<StoredEvent>>;
    /// The last event that was handed on to a place; none when there never was one.
    fn stream_position(&mut self, name: &str) -> Answer<Option<i64>>;
}

/// Noting what was handed on.
pub trait AuditStreamWrites {
    /// Makes `holder` the one who hands on to a place until an instant; answers how far that has come, or nothing
    /// while somebody else does it.
    fn claim_stream(
        &mut self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Answer<Option<i64>>;
    /// Notes how far it has come; false when somebody else does it by now.
    fn advance_stream(&mut self, name: &str, holder: &str, last_id: i64) -> Answer<bool>;
    /// Lets others do it.
    fn release_stream(&mut self, name: &str, holder: &str) -> Answer<()>;
}
