//! Last-seen instants on their way to the store.
//!
//! They are noted at most once a minute for each session and key, queued in memory, and written once a
//! second in one transaction (`performance.md`, decision 5).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use dango_auth_core::id::{ApiKeyId, SessionId};
use dango_auth_store::Store;
use dango_auth_store::ports::{ApiKeyWrites as _, SessionWrites as _, Touch};

use crate::error::Error;

/// How often one session's or key's last use is written at most.
const INTERVAL: Duration = Duration::minutes(1);

/// A use is written when a tenth of the idle limit has passed, so that a session in use never lapses
/// because the write was saved.
const PART_OF_IDLE: i32 = 10;

#[derive(Default)]
struct Queued {
    sessions: BTreeMap<SessionId, DateTime<Utc>>,
    api_keys: BTreeMap<ApiKeyId, DateTime<Utc>>,
}

/// The queue.
#[derive(Default)]
pub(crate) struct Touches(Mutex<Queued>);

impl Touches {
    /// Notes the use of a session whose last written use is `written`; `idle` is the limit in force.
    /// Answers when the next use is to be noted.
    pub(crate) fn session(
        &self,
        id: SessionId,
        written: DateTime<Utc>,
        idle: Duration,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let interval = INTERVAL.min(idle / PART_OF_IDLE);
        if now - written >= interval {
            self.lock().sessions.insert(id, now);
            return now + interval;
        }
        written + interval
    }

    /// Notes the use of a key whose last written use is `written`; answers when the next is to be noted.
    pub(crate) fn api_key(
        &self,
        id: ApiKeyId,
        written: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        if let Some(written) = written.filter(|written| now - *written < INTERVAL) {
            return written + INTERVAL;
        }
        self.lock().api_keys.insert(id, now);
        now + INTERVAL
    }

    /// Writes what is queued; what cannot be written is queued again.
    pub(crate) fn flush(&self, store: &Store) -> Result<(), Error> {
        let queued = std::mem::take(&mut *self.lock());
        if queued.sessions.is_empty() && queued.api_keys.is_empty() {
            return Ok(());
        }
        let sessions: Vec<_> = queued
            .sessions
            .iter()
            .map(|(id, at)| Touch { id: *id, at: *at })
            .collect();
        let api_keys: Vec<_> = queued
            .api_keys
            .iter()
            .map(|(id, at)| Touch { id: *id, at: *at })
            .collect();
        let written = store.write(|tx| {
            tx.touch_sessions(&sessions)?;
            tx.touch_api_keys(&api_keys)?;
            Ok::<_, Error>(())
        });
        if written.is_err() {
            let mut waiting = self.lock();
            for (id, at) in queued.sessions {
                waiting.sessions.entry(id).or_insert(at);
            }
            for (id, at) in queued.api_keys {
                waiting.api_keys.entry(id).or_insert(at);
            }
        }
        written
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queued> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
