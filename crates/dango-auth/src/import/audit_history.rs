//! The platform's audit log, line by line of JSON, with its archives.

use std::collections::HashMap;
use std::path::Path;

use chrono::TimeDelta;
use dango_auth_core::audit::{Act, Actor, Event, EventName, Origin, Target, TargetKind, Via};
use dango_auth_store::ReadTx;
use dango_auth_store::ports::{AuditFilter, AuditReads as _};
use serde_json::{Map, Value};

use super::dango::instant;
use super::rotated;
use crate::error::Error;

/// The detail that marks an event as taken over.
const MARK: &str = "imported_from";

/// How many events here are compared at a time.
const PAGE: u32 = 1000;

/// The history as far as it can be read.
#[derive(Default)]
pub(super) struct History {
    /// Oldest first.
    pub(super) events: Vec<Event>,
    /// What could not be read.
    pub(super) notes: Vec<String>,
}

/// Reads the log of a folder with its archives.
pub(super) fn read(logs: &Path) -> History {
    let mut history = History::default();
    let mut lost = 0_usize;
    for path in rotated::files(logs) {
        let read = rotated::each_line(&path, |line| match event(line) {
            _ if line.is_empty() => {}
            Some(event) => history.events.push(event),
            None => lost += 1,
        });
        if let Err(error) = read {
            let text = format!("{} cannot be read to its end: {error}", path.display());
            history.notes.push(crate::auth::printable(&text));
        }
    }
    if lost > 0 {
        let text = format!("{lost} lines of the audit log cannot be read and stay behind");
        history.notes.push(text);
    }
    history.events.sort_by_key(|event| event.at);
    history
}

/// Whether an event was taken over, so that it did not happen here.
pub(super) fn is_imported(event: &Event) -> bool {
    event.details.contains_key(MARK)
}

/// What makes two events the same: when, what, about whom.
type Likeness = (i64, String, Option<String>);

fn likeness(event: &Event) -> Likeness {
    let about = event.target.as_ref().map(|target| target.name.clone());
    (event.at.timestamp_micros(), event.name.to_string(), about)
}

/// Those of the events that were not taken over before.
pub(super) fn unseen(tx: &mut ReadTx<'_>, events: &[Event]) -> Result<Vec<Event>, Error> {
    let mut seen = taken_over(tx, events)?;
    let is_new = |event: &&Event| match seen.get_mut(&likeness(event)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    Ok(events.iter().filter(is_new).cloned().collect())
}

/// How often each event of this span of time was taken over already.
fn taken_over(tx: &mut ReadTx<'_>, events: &[Event]) -> Result<HashMap<Likeness, usize>, Error> {
    let mut seen = HashMap::new();
    let instants = || events.iter().map(|event| event.at);
    let Some((first, last)) = instants().min().zip(instants().max()) else {
        return Ok(seen);
    };
    let mut filter = AuditFilter {
        since: Some(first),
        until: last.checked_add_signed(TimeDelta::microseconds(1)),
        ..AuditFilter::default()
    };
    loop {
        let page = tx.events(&filter, PAGE)?;
        filter.before = page.rows.last().map(|row| row.id);
        let taken = page.rows.iter().map(|row| &row.event);
        for event in taken.filter(|event| is_imported(event)) {
            *seen.entry(likeness(event)).or_default() += 1;
        }
        if !page.more {
            return Ok(seen);
        }
    }
}

fn event(line: &[u8]) -> Option<Event> {
    let mut row: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let text = |row: &Map<String, Value>, name: &str| {
        row.get(name)
            .and_then(Value::as_str)
            .map(crate::auth::printable)
    };
    let name = EventName::parse(&text(&row, "event")?).ok()?;
    let at = instant(&text(&row, "timestamp")?).ok()?;
    let email = text(&row, "email");
    let details = match row.remove("details") {
        Some(Value::Object(details)) => details,
        _ => Map::new(),
    };
    let via = match details.get("via").and_then(Value::as_str) {
        Some("cli") => Via::Cli,
        _ => Via::Web,
    };
    let ip = text(&row, "ip").and_then(|ip| ip.parse().ok());
    let target = email.map(|name| Target {
        kind: TargetKind::User,
        id: text(&row, "user_id"),
        name,
    });
    let actor = actor(&details, target.as_ref());
    let origin = Origin {
        ip,
        ..Origin::local(via)
    };
    let subject = target.clone().unwrap_or_else(|| Target::system("dango"));
    let mut event = Act { actor, origin, at }.event(name, subject);
    event.target = target;
    event.details = details;
    let event = event.detail(MARK, "dango");
    Some(if event.name == EventName::LOGIN_FAILED {
        event.failed()
    } else {
        event
    })
}

/// The platform names who acted in the details, by address; otherwise people act for themselves.
fn actor(details: &Map<String, Value>, target: Option<&Target>) -> Actor {
    let by = details
        .iter()
        .find(|(name, _)| name.ends_with("_by"))
        .and_then(|(_, value)| value.as_str());
    match (by, target) {
        (Some(by), _) => Actor::anonymous(crate::auth::printable(by)),
        (None, Some(target)) => Actor::anonymous(target.name.as_str()),
        (None, None) => Actor::system("dango"),
    }
}
