//! The audit log: pages of it as JSON, and exports as JSON Lines and CSV.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};
use dango_auth::core::permission::builtin::types::AuditView;
use dango_auth::ports::AuditFilter;
use dango_auth::view::{CSV_COLUMNS, EventObject};
use dango_auth::{Auth, Error};
use dango_auth_actix::extract::Query;
use dango_auth_actix::problem::Dango;
use dango_auth_actix::{Allowed, Doorway, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::conditions::AuditConditions;
use crate::api::page::{limit, next_cursor, next_link};
use crate::route::{Answers, OperationDraft, Route};

/// Which events to show; all conditions must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct AuditQuery {
    /// At or after: RFC 3339, or a date.
    since: Option<String>,
    /// Before: RFC 3339, or a date.
    until: Option<String>,
    /// Exactly this event, or any of several separated by commas.
    #[param(example = "login_failed")]
    r#type: Option<String>,
    /// The name of whoever did it.
    actor: Option<String>,
    /// The name of the person it happened to.
    user: Option<String>,
    /// The client's address.
    ip: Option<String>,
    /// Rows of a page, 1 to 1000; 100 without.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Where to go on.
    cursor: Option<String>,
    /// `json`, `jsonl` or `csv`.
    format: Option<String>,
}

/// One page of events, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct Events {
    events: Vec<EventObject>,
    /// Where to go on; null on the last page.
    next_cursor: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    JsonLines,
    Csv,
}

/// The answer in one of three formats.
pub(crate) struct Export(HttpResponse);

impl actix_web::Responder for Export {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.0
    }
}

impl Answers for Export {
    fn describe(draft: &mut OperationDraft) {
        draft.answers_json::<Events>(200);
        draft.answers_also_as(200, &["application/x-ndjson", "text/csv"]);
    }
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/admin/audit", "queryAudit", query)
            .summary("The audit log, newest first.")
            .writes(&["audit_exported"]),
    ]
}

async fn query(
    caller: Allowed<AuditView>,
    doorway: Doorway,
    request: HttpRequest,
    Query(query): Query<AuditQuery>,
) -> Result<Export, Refusal<Dango>> {
    let format = Format::parse(query.format.as_deref())?;
    let limit = limit(query.limit)?;
    let caller = caller.into_caller();
    let events = doorway
        .run(move |auth| {
            let filter = query.filter(auth)?;
            let page = auth.audit().query(&caller, &filter, limit)?;
            if format != Format::Json {
                auth.audit()
                    .note_export(&caller, format.as_str(), page.rows.len())?;
            }
            let next_cursor = next_cursor(&page, |event| event.id);
            let events = page.rows.iter().map(EventObject::from).collect();
            Ok(Events {
                events,
                next_cursor,
            })
        })
        .await?;
    Ok(Export(written(&request, format, &events)?))
}

impl AuditQuery {
    fn filter(&self, auth: &Auth) -> Result<AuditFilter, Error> {
        let conditions = AuditConditions {
            since: ("since", self.since.as_deref()),
            until: ("until", self.until.as_deref()),
            ip: ("ip", self.ip.as_deref()),
            event: self.r#type.as_deref(),
            actor: self.actor.as_deref(),
            user: self.user.as_deref(),
            cursor: self.cursor.as_deref(),
        };
        conditions.filter(auth)
    }
}

impl Format {
    fn parse(text: Option<&str>) -> Result<Self, Error> {
        match text {
            None | Some("json") => Ok(Self::Json),
            Some("jsonl") => Ok(Self::JsonLines),
            Some("csv") => Ok(Self::Csv),
            Some(_) => Err(Error::field(
                "format",
                "unknown_format",
                "must be json, jsonl or csv",
            )),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

fn written(request: &HttpRequest, format: Format, page: &Events) -> Result<HttpResponse, Error> {
    let link = next_link(request, page.next_cursor.as_deref());
    let mut response = HttpResponse::Ok();
    if let Some(link) = link {
        response.insert_header(link);
    }
    Ok(match format {
        Format::Json => response.json(page),
        Format::JsonLines => attached(&mut response, "application/x-ndjson", "audit.jsonl")
            .body(json_lines(&page.events)?),
        Format::Csv => {
            attached(&mut response, "text/csv; charset=utf-8", "audit.csv").body(csv(&page.events)?)
        }
    })
}

fn attached<'a>(
    response: &'a mut actix_web::HttpResponseBuilder,
    kind: &str,
    name: &str,
) -> &'a mut actix_web::HttpResponseBuilder {
    let disposition = format!("attachment; filename=\"{name}\"");
    response
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, disposition))
}

fn json_lines(events: &[EventObject]) -> Result<String, Error> {
    let mut text = String::new();
    for event in events {
        let line =
            serde_json::to_string(event).map_err(|_| Error::Internal("an event is no JSON"))?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

fn csv(events: &[EventObject]) -> Result<Vec<u8>, Error> {
    let failed = |_| Error::Internal("an event cannot be written as CSV");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(CSV_COLUMNS).map_err(failed)?;
    for event in events {
        writer.write_record(event.csv_fields()).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|_| Error::Internal("an event cannot be written as CSV"))
}
