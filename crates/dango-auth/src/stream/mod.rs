//! Handing every audit event on to other systems (contract §7, `ASVS 16.4.3`): a file, syslog, a webhook.
//!
//! A worker follows the log behind the writers, from a position kept in the database, so nothing waits for it and
//! nothing is lost by an outage: each event arrives at least once. Of several servers one at a time delivers.

mod file;
mod syslog;
mod webhook;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dango_auth_store::ports::{AuditStreamReads as _, AuditStreamWrites as _, StoredEvent};

use crate::auth::Auth;
use crate::error::Error;
use crate::settings::Settings;
use crate::view::EventObject;

/// Events that are handed on in one go.
const AT_ONCE: u32 = 200;
/// How long a server may be silent before another one goes on; longer than handing on takes.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How long a place may take to accept.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Why a place did not take events; they are handed on again later.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

impl Refused {
    fn by(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// An event on its way.
struct Parcel {
    id: i64,
    name: String,
    is_success: bool,
    timestamp: String,
    /// One line of JSON.
    json: String,
}

impl Parcel {
    fn of(stored: &StoredEvent) -> Result<Self, Error> {
        let object = EventObject::from(stored);
        let json = serde_json::to_string(&object);
        Ok(Self {
            id: stored.id,
            is_success: object.outcome == "success",
            timestamp: crate::view::instant::text(object.timestamp),
            json: json.map_err(|_| Error::Internal("an event cannot be written as JSON"))?,
            name: object.event,
        })
    }
}

/// A place that takes events.
trait Sink: Send {
    /// Hands events on; all of them or, as far as anybody can tell, none.
    fn send(&mut self, parcels: &[Parcel], now: DateTime<Utc>) -> Result<(), Refused>;
}

/// One place events go to, with the position it has reached.
pub struct Stream {
    auth: Auth,
    name: &'static str,
    holder: String,
    sink: Box<dyn Sink>,
    failures: u32,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The places the settings name; each is to be worked on by a thread of its own.
///
/// # Errors
/// [`Error::Store`]; [`Error::Entropy`].
pub fn streams(auth: &Auth) -> Result<Vec<Stream>, Error> {
    let holder = auth.inner.ambient.uuid()?.to_string();
    let settings = auth.settings()?;
    let stream = |(name, sink)| Stream {
        auth: auth.clone(),
        name,
        holder: holder.clone(),
        sink,
        failures: 0,
    };
    Ok(sinks(&settings).into_iter().map(stream).collect())
}

fn sinks(settings: &Settings) -> Vec<(&'static str, Box<dyn Sink>)> {
    let places = &settings.audit.stream;
    let mut sinks: Vec<(&'static str, Box<dyn Sink>)> = Vec::new();
    if let Some(path) = &places.file {
        sinks.push(("file", Box::new(file::Lines::new(path.clone()))));
    }
    if let Some(address) = &places.syslog {
        sinks.push(("syslog", Box::new(syslog::Syslog::new(address.clone()))));
    }
    if let (Some(url), Some(secret)) = (&places.webhook_url, &places.webhook_secret) {
        let webhook = webhook::Webhook::new(url.clone(), secret.clone());
        sinks.push(("webhook", Box::new(webhook)));
    }
    sinks
}

impl Stream {
    /// What it is called in the log and in the database: `file`, `syslog` or `webhook`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Hands on whatever is new; answers how many events that were. A failure is logged and tried again later.
    pub fn deliver(&mut self) -> u64 {
        match self.try_deliver() {
            Ok(count) => {
                self.failures = 0;
                count
            }
            Err(reason) => {
                self.failures = self.failures.saturating_add(1);
                tracing::warn!(stream = self.name, %reason, "audit events were not handed on; it is tried again");
                0
            }
        }
    }

    /// How long to wait before the next look.
    pub fn pause(&self) -> Duration {
        let doubled = Duration::from_secs(1 << self.failures.min(6));
        if self.failures == 0 {
            Duration::from_secs(1)
        } else {
            doubled.min(LONGEST_PAUSE)
        }
    }

    /// Lets another server go on at once.
    pub fn release(&self) {
        let store = &self.auth.inner.store;
        let released =
            store.write(|tx| Ok::<_, Error>(tx.release_stream(self.name, &self.holder)?));
        if let Err(error) = released {
            tracing::warn!(stream = self.name, %error, "a stream was not released");
        }
    }

    fn try_deliver(&mut self) -> Result<u64, String> {
        let mut count = 0;
        while let Some(position) = self.claim().map_err(|error| error.to_string())? {
            let parcels = self.next(position).map_err(|error| error.to_string())?;
            let Some(last) = parcels.last().map(|parcel| parcel.id) else {
                break;
            };
            let now = self.auth.now();
            self.sink
                .send(&parcels, now)
                .map_err(|error| error.to_string())?;
            count += parcels.len() as u64;
            if !self.advance(last).map_err(|error| error.to_string())? {
                break;
            }
        }
        Ok(count)
    }

    /// Looks first, so that a quiet log is not written to.
    fn claim(&self) -> Result<Option<i64>, Error> {
        let store = &self.auth.inner.store;
        let has_news = store.read(|tx| {
            let position = tx.stream_position(self.name)?.unwrap_or(0);
            Ok::<_, Error>(!tx.events_after(position, 1)?.is_empty())
        })?;
        if !has_news {
            return Ok(None);
        }
        let now = self.auth.now();
        store.write(|tx| Ok(tx.claim_stream(self.name, &self.holder, now, now + LEASE)?))
    }

    fn next(&self, position: i64) -> Result<Vec<Parcel>, Error> {
        let store = &self.auth.inner.store;
        let events = store.read(|tx| Ok::<_, Error>(tx.events_after(position, AT_ONCE)?))?;
        events.iter().map(Parcel::of).collect()
    }

    fn advance(&self, last: i64) -> Result<bool, Error> {
        let store = &self.auth.inner.store;
        store.write(|tx| Ok(tx.advance_stream(self.name, &self.holder, last)?))
    }
}
