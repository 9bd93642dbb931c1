//! API keys of anybody.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use dango_auth::core::id::{ApiKeyId, UserId};
use dango_auth::core::permission::builtin::types::AuthManage;
use dango_auth::view::ApiKeyObject;
use dango_auth_actix::extract::{Id, Query};
use dango_auth_actix::{Allowed, AllowedBySession, Doorway, Reply};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Answer;
use crate::api::dango::Done;
use crate::api::page::{from_cursor, limit, next_cursor, next_link};
use crate::route::Route;

/// Which keys to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// Rows of a page, 1 to 1000; 100 without.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Where to go on, from the `Link` header of the page before.
    cursor: Option<String>,
    /// Only the keys of this person.
    #[param(value_type = Option<String>, format = Uuid)]
    owner: Option<UserId>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/admin/api-keys", "listKeys", list)
            .summary("Everybody's API keys, oldest first."),
        Route::delete("/api/admin/api-keys/{id}", "revokeKey", revoke)
            .summary("Revoke anybody's API key.")
            .writes(&["api_key_revoked"]),
    ]
}

async fn list(
    caller: Allowed<AuthManage>,
    doorway: Doorway,
    request: HttpRequest,
    Query(query): Query<Filter>,
) -> Answer<Vec<ApiKeyObject>> {
    let limit = limit(query.limit)?;
    let after: Option<(DateTime<Utc>, ApiKeyId)> = from_cursor(query.cursor.as_deref())?;
    let caller = caller.into_caller();
    let page = doorway
        .run(move |auth| auth.api_keys().list(&caller, query.owner, after, limit))
        .await?;
    let next = next_cursor(&page, |row| (row.key.created_at, row.key.id));
    let link = next_link(&request, next.as_deref());
    Ok(Reply::new(page.rows.iter().map(ApiKeyObject::new).collect()).with_all(link))
}

async fn revoke(
    caller: AllowedBySession<AuthManage>,
    doorway: Doorway,
    Id(id): Id<ApiKeyId>,
) -> Answer<Done> {
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.api_keys().revoke(&caller, id))
        .await?;
    Ok(Reply::new(Done::YES))
}
