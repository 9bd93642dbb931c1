//! The row of an event.

use std::net::IpAddr;

use dango_auth_core::audit::blind::Blind;
use dango_auth_core::audit::chain::{Link as Mac, details_text};
use dango_auth_core::audit::{
    Actor, ActorKind, Event, EventName, Origin, Outcome, Target, TargetKind, Via,
};
use diesel::prelude::*;
use serde_json::{Map, Value};

use crate::Answer;
use crate::ports::StoredEvent;
use crate::row::{Row, micros};
use crate::schema::audit_events;

/// Longest name that is kept, in characters; an index entry has to fit a page of either database.
const NAME_MAX: usize = 512;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct EventRecord {
    pub(super) id: i64,
    pub(super) at: i64,
    event: String,
    actor_kind: String,
    actor_id: Option<String>,
    pub(super) actor_name: String,
    target_kind: Option<String>,
    target_id: Option<String>,
    pub(super) target_name: Option<String>,
    workspace: Option<String>,
    outcome: String,
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
    request_id: Option<String>,
    via: String,
    pub(super) details: String,
    mac: Vec<u8>,
    pub(super) blind: Option<Vec<u8>>,
}

/// Makes an event fit both databases: no NUL (PostgreSQL has none in texts), no endless names.
///
/// It happens before the event is chained, so what is chained is what is stored.
pub(super) fn storable(mut event: Event) -> Event {
    event.actor = Actor::from_stored(
        event.actor.kind(),
        event.actor.id().map(storable_text),
        storable_text(event.actor.name()),
    );
    if let Some(target) = &mut event.target {
        target.id = target.id.as_deref().map(storable_text);
        target.name = storable_text(&target.name);
    }
    event.origin.user_agent = event.origin.user_agent.as_deref().map(storable_text);
    event.origin.request_id = event.origin.request_id.as_deref().map(storable_text);
    event
}

fn storable_text(text: &str) -> String {
    text.chars()
        .take(NAME_MAX)
        .map(|c| if c == '\0' { '\u{FFFD}' } else { c })
        .collect()
}

impl EventRecord {
    pub(super) const fn id(&self) -> i64 {
        self.id
    }

    pub(super) fn of(id: i64, event: &Event, mac: &Mac, blind: Option<Vec<u8>>) -> Self {
        let target = event.target.as_ref();
        Self {
            id,
            at: micros(event.at),
            event: event.name.as_str().to_owned(),
            actor_kind: event.actor.kind().as_str().to_owned(),
            actor_id: event.actor.id().map(str::to_owned),
            actor_name: event.actor.name().to_owned(),
            target_kind: target.map(|target| target.kind.as_str().to_owned()),
            target_id: target.and_then(|target| target.id.clone()),
            target_name: target.map(|target| target.name.clone()),
            workspace: event
                .workspace
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            outcome: event.outcome.as_str().to_owned(),
            ip: event.origin.ip.map(|ip| ip.to_string()),
            user_agent: event.origin.user_agent.clone(),
            request_id: event.origin.request_id.clone(),
            via: event.origin.via.as_str().to_owned(),
            details: details_text(event),
            mac: mac.to_vec(),
            blind,
        }
    }

    /// The event as it was noted.
    pub(super) fn into_stored(self) -> Answer<StoredEvent> {
        let id = self.id.to_string();
        let row = Row {
            table: "audit_events",
            id: &id,
        };
        let blind = self
            .blind
            .as_deref()
            .map(|bytes| row.need("blind", Blind::from_stored(bytes)));
        let blind = blind.transpose()?;
        let kind = row.need("actor_kind", ActorKind::parse(&self.actor_kind))?;
        let details: Map<String, Value> =
            row.need("details", serde_json::from_str(&self.details).ok())?;
        let event = Event {
            name: row.need("event", EventName::parse(&self.event).ok())?,
            target: self.target(row)?,
            workspace: row.parse_opt("workspace", self.workspace.as_deref())?,
            outcome: row.need("outcome", Outcome::parse(&self.outcome))?,
            origin: Origin {
                via: row.need("via", Via::parse(&self.via))?,
                ip: row.parse_opt::<IpAddr>("ip", self.ip.as_deref())?,
                user_agent: self.user_agent,
                request_id: self.request_id,
            },
            actor: Actor::from_stored(kind, self.actor_id, self.actor_name),
            at: row.instant("at", self.at)?,
            details,
        };
        Ok(StoredEvent {
            id: self.id,
            event,
            mac: row.bytes("mac", &self.mac)?,
            blind,
        })
    }

    fn target(&self, row: Row<'_>) -> Answer<Option<Target>> {
        let Some(kind) = &self.target_kind else {
            // A kind that was removed must not make the rest of the target vanish unseen.
            let bare = self.target_id.is_none() && self.target_name.is_none();
            return row.need("target_kind", bare.then_some(None));
        };
        Ok(Some(Target {
            kind: row.need("target_kind", TargetKind::parse(kind))?,
            id: self.target_id.clone(),
            name: row.need("target_name", self.target_name.clone())?,
        }))
    }
}
