//! Audit events in the reader's words.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dango_auth::core::audit::{ActorKind, Event, Outcome};
use dango_auth::ports::StoredEvent;
use serde_json::Value;

use super::audit::{Day, EventLine, Fact};
use super::device::{device_name, place_name};
use super::frame::Tone;
use super::moment::day_name;
use super::reader::Reader;
use super::text::Text;

/// The events by day, newest first.
pub(super) fn days(reader: &Reader, events: &[StoredEvent]) -> Vec<Day> {
    let mut by_day: BTreeMap<NaiveDate, Vec<EventLine>> = BTreeMap::new();
    for stored in events {
        by_day
            .entry(stored.event.at.date_naive())
            .or_default()
            .push(line(reader, stored));
    }
    let today = reader.now().date_naive();
    let day = |(day, events): (NaiveDate, Vec<EventLine>)| Day {
        id: day.to_string(),
        label: day_name(day, today, reader.text),
        events,
    };
    by_day.into_iter().rev().map(day).collect()
}

fn line(reader: &Reader, stored: &StoredEvent) -> EventLine {
    let event = &stored.event;
    let name = event.name.as_str();
    let target = event.target.as_ref().map(|target| target.name.clone());
    let who = who(event, reader.text);
    EventLine {
        tone: tone(event),
        what: Text::look_up(reader.text.events, name)
            .unwrap_or(name)
            .to_owned(),
        target: target.filter(|target| *target != who && !target.is_empty()),
        who,
        at: reader.moment(event.at),
        time: event.at.format("%H:%M").to_string(),
        facts: facts(reader, stored),
    }
}

fn tone(event: &Event) -> Tone {
    match (event.outcome, event.name.as_str()) {
        (Outcome::Failure | Outcome::Denied, _) | (_, "account_locked" | "auth_disabled") => {
            Tone::Bad
        }
        (_, "login_success" | "invite_accepted") => Tone::Good,
        _ => Tone::Plain,
    }
}

fn who(event: &Event, text: &Text) -> String {
    let name = event.actor.name();
    match event.actor.kind() {
        ActorKind::System if name.is_empty() => text.audit.system.to_owned(),
        ActorKind::System => format!("{} ({name})", text.audit.system),
        ActorKind::Anonymous if name.is_empty() => text.audit.nobody.to_owned(),
        _ => name.to_owned(),
    }
}

fn facts(reader: &Reader, stored: &StoredEvent) -> Vec<Fact> {
    let (event, words) = (&stored.event, &reader.text.audit);
    let origin = &event.origin;
    let agent = origin.user_agent.as_deref();
    let known = [
        (words.fact_id, Some(stored.id.to_string())),
        (words.fact_event, Some(event.name.to_string())),
        (words.fact_at, Some(reader.moment(event.at).exact)),
        (
            words.fact_workspace,
            event.workspace.as_ref().map(ToString::to_string),
        ),
        (
            words.fact_ip,
            origin.ip.map(|ip| place_name(Some(ip), reader.text)),
        ),
        (
            words.fact_device,
            agent.map(|agent| device_name(Some(agent), reader.text)),
        ),
        (words.fact_via, Some(origin.via.to_string())),
        (words.fact_request, origin.request_id.clone()),
    ];
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
    };
    let known = known
        .into_iter()
        .filter_map(|(name, value)| Some(fact(name, value?)));
    known
        .chain(
            event
                .details
                .iter()
                .map(|(name, value)| fact(name, plain(value))),
        )
        .collect()
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
