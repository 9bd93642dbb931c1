//! The mirror of people in Metabase: links, the outbox, and how delivery goes.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::Event;
use dango_auth_core::id::UserId;

use crate::Answer;

/// The mirror as a whole; there is one only while a Metabase server is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// The server's address; links and outbox belong to it.
    pub url: String,
    /// When everybody is to be compared next.
    pub reconcile_at: DateTime<Utc>,
    /// When everybody was compared last.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// How many people were found different then.
    pub drift: u32,
    /// Why nothing can be delivered to anybody, if so.
    pub outage: Option<Outage>,
}

/// The server cannot be used at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Tries in a row that failed.
    pub failures: u32,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When to try next.
    pub retry_at: DateTime<Utc>,
    /// What failed last.
    pub error: String,
    /// Whether the audit log tells of it.
    pub reported: bool,
}

/// How much waits to be delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxLength {
    /// People who have to be brought in line.
    pub people: u64,
    /// Those of them with whom it failed at least once.
    pub failing: u64,
    /// Since when the first of them waits.
    pub oldest: Option<DateTime<Utc>>,
}

/// Somebody with the names they go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The account, which may be gone.
    pub user: UserId,
    /// The username.
    pub name: String,
    /// The email address.
    pub email: Option<String>,
}

/// A person in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The account, which may be gone.
    pub user: UserId,
    /// The username at the last change.
    pub name: String,
    /// The email address at the last change.
    pub email: Option<String>,
    /// Counts the changes since the last delivery.
    pub revision: i64,
    /// Since when it waits.
    pub queued_at: DateTime<Utc>,
    /// Tries that failed since the last change.
    pub attempts: u32,
    /// What failed last.
    pub last_error: Option<String>,
    /// Whether the audit log tells of the failure.
    pub reported: bool,
}

/// A person whom one worker brings in line; nobody else does until the lease ends.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Whom, as it was when it was claimed.
    pub waiting: Waiting,
    /// The worker.
    pub holder: String,
}

/// Who may claim what.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// The worker's own name, which no other worker has.
    pub holder: &'a str,
    /// The present.
    pub now: DateTime<Utc>,
    /// Until when nobody else claims the same.
    pub until: DateTime<Utc>,
}

/// Asking about the mirror.
pub trait MetabaseReads {
    /// The mirror; none while no server is followed.
    fn mirror(&mut self) -> Answer<Option<Mirror>>;
    /// How much waits.
    fn outbox_length(&mut self) -> Answer<OutboxLength>;
    /// Who waits, longest first, at most `limit`.
    fn outbox(&mut self, limit: u32) -> Answer<Vec<Waiting>>;
    /// Whether somebody is due, claimed or not.
    fn is_due(&mut self, now: DateTime<Utc>) -> Answer<bool>;
    /// Somebody's id in Metabase.
    fn metabase_id(&mut self, user: UserId) -> Answer<Option<i64>>;
    /// Whose account an id in Metabase is.
    fn metabase_holder(&mut self, metabase_id: i64) -> Answer<Option<UserId>>;
    /// All links.
    fn metabase_links(&mut self) -> Answer<Vec<(UserId, i64)>>;
}

/// Noting how delivery goes; nobody's rights here depend on it.
pub trait MetabaseWrites {
    /// Claims whoever is due and has waited longest.
    fn claim(&mut self, lease: Lease<'_>) -> Answer<Option<Claim>>;
    /// Makes everybody due who was put off.
    fn hurry(&mut self, now: DateTime<Utc>) -> Answer<()>;
    /// Takes a claimed person out, unless they changed meanwhile; then they wait on, unclaimed.
    fn delivered(&mut self, claim: &Claim) -> Answer<()>;
    /// Puts a claimed person back as it was, to be tried at `next_try_at`.
    fn put_back(&mut self, claim: &Claim, next_try_at: DateTime<Utc>) -> Answer<()>;
    /// Counts a failure with a claimed person; `report` is written with it.
    fn failed(
        &mut self,
        claim: &Claim,
        error: &str,
        next_try_at: DateTime<Utc>,
        report: Option<Event>,
    ) -> Answer<()>;
    /// Links an account to an id in Metabase, in place of whatever either was linked to.
    fn link(&mut self, user: UserId, metabase_id: i64, at: DateTime<Utc>) -> Answer<()>;
    /// Forgets a link.
    fn unlink(&mut self, user: UserId) -> Answer<()>;
    /// Notes that the server cannot be used, or with nothing that it can be again.
    fn note_outage(&mut self, outage: Option<&Outage>, report: Option<Event>) -> Answer<()>;
    /// Takes the turn to compare everybody; false when another worker has it.
    fn claim_reconcile(&mut self, now: DateTime<Utc>, next: DateTime<Utc>) -> Answer<bool>;
    /// Notes what comparing found.
    fn note_reconciled(&mut self, at: DateTime<Utc>, drift: u32) -> Answer<()>;
}

/// Changing what is mirrored; the guard keeps it apart from changes of people.
pub trait MetabaseChanges {
    /// Follows a server: at a new address all links are forgotten and everybody has to be brought in
    /// line. False when that server is followed already.
    fn attach(&mut self, url: &str, now: DateTime<Utc>) -> Answer<bool>;
    /// Follows none: what waits is dropped, the links stay. False when none is followed.
    fn detach(&mut self) -> Answer<bool>;
    /// Queues people whom comparing found different; those who wait already are left as they are.
    fn queue(&mut self, people: &[Named], now: DateTime<Utc>) -> Answer<()>;
}
