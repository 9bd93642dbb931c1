//! The audit event object, and its form as a CSV row.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{Actor, Target};
use dango_auth_store::ports::StoredEvent;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::instant;

/// Who caused an event, or what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartyObject {
    /// `user`, `api_key`, `system`, `anonymous`, `session`, `workspace`, `other`.
    pub kind: String,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its name at the time.
    pub name: String,
}

impl From<&Actor> for PartyObject {
    fn from(actor: &Actor) -> Self {
        let id = actor.id().map(str::to_owned);
        Self {
            kind: actor.kind().as_str().to_owned(),
            id,
            name: actor.name().to_owned(),
        }
    }
}

impl From<&Target> for PartyObject {
    fn from(target: &Target) -> Self {
        Self {
            kind: target.kind.as_str().to_owned(),
            id: target.id.clone(),
            name: target.name.clone(),
        }
    }
}

/// One entry of the audit log (contract §7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventObject {
    /// The sequence number, without gaps.
    pub id: i64,
    /// When.
    #[serde(with = "instant")]
    pub timestamp: DateTime<Utc>,
    /// What happened.
    pub event: String,
    /// Who caused it.
    pub actor: PartyObject,
    /// What it is about.
    pub target: Option<PartyObject>,
    /// The workspace it concerns.
    pub workspace: Option<String>,
    /// `success`, `failure` or `denied`.
    pub outcome: String,
    /// The client's address.
    pub ip: Option<String>,
    /// The client's own description.
    pub user_agent: Option<String>,
    /// The id that also stands in the log.
    pub request_id: Option<String>,
    /// The door: `web`, `api`, `cli`, `remote`, `system`.
    pub via: String,
    /// More facts by name.
    pub details: Map<String, Value>,
}

impl From<&StoredEvent> for EventObject {
    fn from(stored: &StoredEvent) -> Self {
        let event = &stored.event;
        Self {
            id: stored.id,
            timestamp: event.at,
            event: event.name.as_str().to_owned(),
            actor: PartyObject::from(&event.actor),
            target: event.target.as_ref().map(PartyObject::from),
            workspace: event
                .workspace
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            outcome: event.outcome.as_str().to_owned(),
            ip: event.origin.ip.map(|ip| ip.to_string()),
            user_agent: event.origin.user_agent.clone(),
            request_id: event.origin.request_id.clone(),
            via: event.origin.via.as_str().to_owned(),
            details: event.details.clone(),
        }
    }
}

/// The columns of the CSV form, in order.
pub const CSV_COLUMNS: [&str; 16] = [
    "id",
    "timestamp",
    "event",
    "actor_kind",
    "actor_id",
    "actor",
    "target_kind",
    "target_id",
    "target",
    "workspace",
    "outcome",
    "ip",
    "user_agent",
    "request_id",
    "via",
    "details",
];

impl EventObject {
    /// The fields of the CSV form, one per column of [`CSV_COLUMNS`].
    ///
    /// SECURITY: a text that a spreadsheet would take for a formula gets an apostrophe in front.
    pub fn csv_fields(&self) -> [String; 16] {
        let target = self.target.as_ref();
        let optional = |text: Option<&str>| inert(text.unwrap_or_default());
        [
            self.id.to_string(),
            instant::text(self.timestamp),
            inert(&self.event),
            inert(&self.actor.kind),
            optional(self.actor.id.as_deref()),
            inert(&self.actor.name),
            optional(target.map(|target| target.kind.as_str())),
            optional(target.and_then(|target| target.id.as_deref())),
            optional(target.map(|target| target.name.as_str())),
            optional(self.workspace.as_deref()),
            inert(&self.outcome),
            optional(self.ip.as_deref()),
            optional(self.user_agent.as_deref()),
            optional(self.request_id.as_deref()),
            inert(&self.via),
            Value::Object(self.details.clone()).to_string(),
        ]
    }
}

/// A cell of comma-separated values that no spreadsheet takes for a formula: an apostrophe goes in front of
/// what looks like one (OWASP, CSV injection).
pub fn inert(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_cell_is_a_formula_and_nothing_is_lost(text in "[=+@\\-\t\r']{0,2}.{0,10}") {
            let cell = inert(&text);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
            prop_assert!(cell == text || cell.strip_prefix('\'') == Some(text.as_str()));
        }
    }

    #[test]
    fn a_cell_that_looks_like_a_formula_is_made_inert() {
        assert_eq!(inert("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(inert("@sum"), "'@sum");
        assert_eq!(inert("ann@example.org"), "ann@example.org");
        assert_eq!(inert(""), "");
    }
}
