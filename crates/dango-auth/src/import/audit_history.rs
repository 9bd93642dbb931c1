//! The platform's audit log, line by line of JSON, newest file last.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use chrono::TimeDelta;
use dango_auth_core::audit::{Act, Actor, Event, EventName, Origin, Target, TargetKind, Via};
use dango_auth_store::ReadTx;
use dango_auth_store::ports::{AuditFilter, AuditReads as _};
use serde_json::{Map, Value};

use super::ImportError;
use super::dango::instant;
use crate::error::Error;

/// The detail that marks an event as taken over.
const MARK: &str = "imported_from";

/// How many events here are compared at a time.
const PAGE: u32 = 1000;

/// Longest line that is read, in bytes; longer ones are not events.
const LINE_MAX: usize = 64 * 1024;

/// Reads `audit.jsonl` of a logs folder; also tells how many lines could not be read.
pub(super) fn read(logs: &Path) -> Result<(Vec<Event>, usize), ImportError> {
    let path = logs.join("audit.jsonl");
    let Ok(file) = File::open(&path) else {
        return Ok((Vec::new(), 0));
    };
    let (mut events, mut lost) = (Vec::new(), 0);
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(|error| ImportError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match event(&line) {
            Some(event) => events.push(event),
            None => lost += 1,
        }
    }
    Ok((events, lost))
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
        for event in taken.filter(|event| event.details.contains_key(MARK)) {
            *seen.entry(likeness(event)).or_default() += 1;
        }
        if !page.more {
            return Ok(seen);
        }
    }
}

fn event(line: &[u8]) -> Option<Event> {
    if line.len() > LINE_MAX {
        return None;
    }
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
