//! The audit log.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
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
        /// What is wrong: `edited`, `missing`, `extra`, `truncated`.
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
    /// Checks every row from the first to the head, in batches.
    fn verify_chain(&mut self) -> Answer<ChainReport>;
}

/// Adding to the audit log.
pub trait AuditWrites {
    /// Adds an event; it is chained and stored last, just before the commit.
    fn note(&mut self, event: Event);
}
