//! The platform's audit log, line by line of JSON, newest file last.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use dango_auth_core::audit::{Act, Actor, Event, EventName, Origin, Target, TargetKind, Via};
use serde_json::{Map, Value};

use super::ImportError;
use super::dango::instant;

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
    let event = event.detail("imported_from", "dango");
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
