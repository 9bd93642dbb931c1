//! What this process has seen so far, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use dango_auth_store::ports::{AuditReads as _, MetabaseReads as _, OutboxLength};

use crate::auth::Auth;
use crate::error::{Error, Kind};
use crate::hasher::HasherCounts;

/// How a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInOutcome {
    /// All the way.
    Complete,
    /// The password was right, the second factor is missing.
    SecondFactorNeeded,
    /// A wrong name, password or code.
    Refused,
    /// Too many attempts before.
    Locked,
    /// Not decided: the store or the queue of password checks did not answer.
    Unavailable,
}

impl SignInOutcome {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Complete,
        Self::SecondFactorNeeded,
        Self::Refused,
        Self::Locked,
        Self::Unavailable,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::SecondFactorNeeded => "second_factor_needed",
            Self::Refused => "refused",
            Self::Locked => "locked",
            Self::Unavailable => "unavailable",
        }
    }

    /// How a refused sign-in is counted.
    pub(crate) fn of(error: &Error) -> Self {
        match error.kind() {
            Kind::Locked | Kind::Throttled => Self::Locked,
            Kind::Unavailable | Kind::Internal => Self::Unavailable,
            _ => Self::Refused,
        }
    }
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    sign_ins: [AtomicU64; SignInOutcome::ALL.len()],
    limited_logins: AtomicU64,
    limited_requests: AtomicU64,
}

impl Counters {
    pub(crate) fn sign_in(&self, outcome: SignInOutcome) {
        if let Some(counter) = self.sign_ins.get(outcome as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn limited(&self, login: bool) {
        let counter = if login {
            &self.limited_logins
        } else {
            &self.limited_requests
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Everything that is counted, at one moment.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Sign-ins by how they ended.
    pub sign_ins: Vec<(SignInOutcome, u64)>,
    /// Sign-ins refused by the rate limit.
    pub limited_logins: u64,
    /// Other requests refused by the rate limit.
    pub limited_requests: u64,
    /// The queue of password checks.
    pub hashing: HasherCounts,
    /// Database connections that are open.
    pub connections: u32,
    /// Those of them that wait for work.
    pub idle_connections: u32,
    /// Whether the audit log still had, unchanged, what this process had anchored, whenever it looked.
    pub chain_intact: bool,
}

/// What the store knows beside the counters of a process, the same for all servers of a database.
#[derive(Clone, Copy, Debug)]
pub struct StoredCounts {
    /// The number of the audit log's last event.
    pub last_event: i64,
    /// Whom Metabase has not heard of yet; none while no Metabase is followed.
    pub outbox: Option<OutboxLength>,
    /// Whether Metabase cannot be used at the moment.
    pub metabase_is_out: bool,
}

impl Auth {
    /// What the store counts.
    ///
    /// # Errors
    /// [`Error::Store`] when the database does not answer.
    pub fn stored_counts(&self) -> Result<StoredCounts, Error> {
        self.inner.store.read(|tx| {
            let (last_event, _) = tx.audit_head()?;
            let mirror = tx.mirror()?;
            let outbox = mirror.as_ref().map(|_| tx.outbox_length()).transpose()?;
            Ok(StoredCounts {
                last_event,
                outbox,
                metabase_is_out: mirror.is_some_and(|mirror| mirror.outage.is_some()),
            })
        })
    }

    /// What this process has seen so far.
    pub fn counts(&self) -> Counts {
        let counters = &self.inner.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (connections, idle_connections) = self.inner.store.connections();
        Counts {
            sign_ins: SignInOutcome::ALL
                .into_iter()
                .zip(counters.sign_ins.iter().map(read))
                .collect(),
            limited_logins: read(&counters.limited_logins),
            limited_requests: read(&counters.limited_requests),
            hashing: self.hashing(),
            connections,
            idle_connections,
            chain_intact: self.inner.anchored.is_intact(),
        }
    }
}
