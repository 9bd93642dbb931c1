//! The audit log in the words of the v1 family.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use dango_auth::core::audit::{ActorKind, TargetKind};
use dango_auth::core::permission::builtin::types::AuditView;
use dango_auth::ports::{AuditFilter, StoredEvent};
use dango_auth::view::instant;
use dango_auth::{Auth, Error};
use dango_auth_actix::extract::Query;
use dango_auth_actix::{Allowed, Doorway, Reply};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Answer;
use crate::api::conditions::AuditConditions;
use crate::api::page::{limit, next_cursor, next_link};
use crate::route::Route;

/// Which entries to show; all conditions must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(rename_all = "camelCase")]
struct Filter {
    /// At or after: RFC 3339, or a date.
    start_time: Option<String>,
    /// Before: RFC 3339, or a date.
    end_time: Option<String>,
    /// Exactly this event.
    action: Option<String>,
    /// The name of whoever did it.
    username: Option<String>,
    /// The client's address.
    ip_address: Option<String>,
    /// Rows of a page, 1 to 1000; 100 without.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Where to go on: `nextCursor` of the page before.
    cursor: Option<String>,
}

/// One page of entries, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Entries {
    entries: Vec<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// One entry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Entry {
    /// The sequence number.
    id: String,
    #[serde(with = "instant")]
    timestamp: DateTime<Utc>,
    /// What it is about: `user`, `api_key`, `session`, `workspace`, `system`, `other`.
    category: &'static str,
    /// What happened.
    action: String,
    /// `success`, `failure` or `denied`.
    result: &'static str,
    /// The door: `web`, `api`, `cli`, `remote`, `system`.
    source: &'static str,
    user_id: String,
    username: String,
    /// `session`, `api_key` or `none`.
    credential_type: &'static str,
    resource_type: Option<&'static str>,
    resource_id: Option<String>,
    resource_name: Option<String>,
    workspace: Option<String>,
    ip_address: Option<String>,
    correlation_id: Option<String>,
    /// More facts, as JSON text.
    details: String,
}

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/audit", "v1QueryAudit", query).summary("The audit log, newest first.")]
}

async fn query(
    caller: Allowed<AuditView>,
    doorway: Doorway,
    request: HttpRequest,
    Query(query): Query<Filter>,
) -> Answer<Entries> {
    let limit = limit(query.limit)?;
    let caller = caller.into_caller();
    let page = doorway
        .run(move |auth| auth.audit().query(&caller, &query.filter(auth)?, limit))
        .await?;
    let next_cursor = next_cursor(&page, |event| event.id);
    let link = next_link(&request, next_cursor.as_deref());
    let entries = page.rows.iter().map(Entry::from).collect();
    Ok(Reply::new(Entries {
        entries,
        next_cursor,
    })
    .with_all(link))
}

impl Filter {
    fn filter(&self, auth: &Auth) -> Result<AuditFilter, Error> {
        let conditions = AuditConditions {
            since: ("start_time", self.start_time.as_deref()),
            until: ("end_time", self.end_time.as_deref()),
            ip: ("ip_address", self.ip_address.as_deref()),
            event: self.action.as_deref(),
            actor: self.username.as_deref(),
            user: None,
            cursor: self.cursor.as_deref(),
        };
        conditions.filter(auth)
    }
}

impl From<&StoredEvent> for Entry {
    fn from(stored: &StoredEvent) -> Self {
        let event = &stored.event;
        let target = event.target.as_ref();
        Self {
            id: stored.id.to_string(),
            timestamp: event.at,
            category: target.map_or("system", |target| target.kind.as_str()),
            action: event.name.to_string(),
            result: event.outcome.as_str(),
            source: event.origin.via.as_str(),
            user_id: event.actor.id().unwrap_or_default().to_owned(),
            username: event.actor.name().to_owned(),
            credential_type: match event.actor.kind() {
                ActorKind::User => "session",
                ActorKind::ApiKey => "api_key",
                ActorKind::System | ActorKind::Anonymous => "none",
            },
            resource_type: target.map(|target| TargetKind::as_str(target.kind)),
            resource_id: target.and_then(|target| target.id.clone()),
            resource_name: target.map(|target| target.name.clone()),
            workspace: event.workspace.as_ref().map(ToString::to_string),
            ip_address: event.origin.ip.map(|ip| ip.to_string()),
            correlation_id: event.origin.request_id.clone(),
            details: serde_json::Value::Object(event.details.clone()).to_string(),
        }
    }
}
