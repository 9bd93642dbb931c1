//! API keys of anybody.

use actix_web::HttpRequest;
use actix_web::http::header::LOCATION;
use chrono::{DateTime, Utc};
use dango_auth::api_keys::{CreateKey, CreatedKey, Expiry, LimitRequest};
use dango_auth::core::id::{ApiKeyId, UserId};
use dango_auth::core::permission::builtin::types::AuthManage;
use dango_auth::core::user::UserError;
use dango_auth::{Caller, Error};
use dango_auth_actix::extract::{Id, Json, Query};
use dango_auth_actix::problem::V1;
use dango_auth_actix::{Allowed, AllowedBySession, Doorway, Empty, Refusal, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::ApiKey;
use super::{Answer, revise_key};
use crate::api::access::AccessBody;
use crate::api::fields;
use crate::api::idempotency::{Created, Once, OnceAnswer};
use crate::api::page::{PageQuery, from_cursor, limit, next_cursor, next_link};
use crate::api::precondition::etag;
use crate::route::Route;

/// One key, wrapped.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyAnswer {
    pub(super) api_key: ApiKey,
}

/// A page of keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Keys {
    api_keys: Vec<ApiKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A key just made, with its secret, shown this once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CreatedKeyAnswer {
    api_key: ApiKey,
    key: String,
}

/// A key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = V1NewKey, example = json!({"name": "deploy", "role": "operator", "allowedSurfaces": ["rest_api"], "attributionClass": "user_owned"}))]
struct NewKey {
    #[schema(example = "deploy", max_length = 128)]
    name: String,
    #[serde(default)]
    description: String,
    /// The role it may use at most.
    #[schema(example = "operator")]
    role: String,
    /// Everywhere its owner may act without.
    workspace_access: Option<AccessBody>,
    /// `rest_api`, `mcp`; there is only the REST API here.
    allowed_surfaces: Option<Vec<Surface>>,
    /// `user_owned`: every key belongs to a person here.
    attribution_class: Option<Attribution>,
    /// Whose rights it carries; the caller's own without.
    #[schema(value_type = Option<String>, format = Uuid)]
    owner_user_id: Option<UserId>,
    /// When it stops working.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
}

/// Where a key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Surface {
    /// This API.
    RestApi,
    /// A surface of the older system.
    Mcp,
}

/// Whom a key stands for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Attribution {
    /// A person.
    UserOwned,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/api-keys", "v1ListKeys", list).summary("Everybody's API keys."),
        Route::post("/api/v1/api-keys", "v1CreateKey", create)
            .summary("Make an API key for a person; it is shown this once.")
            .writes(&["api_key_created", "workspace_created"])
            .refuses(&[409]),
        Route::get("/api/v1/api-keys/{id}", "v1GetKey", get).summary("One API key."),
        Route::patch("/api/v1/api-keys/{id}", "v1ReviseKey", revise_key::revise)
            .summary("Change an API key.")
            .writes(&["api_key_changed"])
            .refuses(&[409]),
        Route::delete("/api/v1/api-keys/{id}", "v1RevokeKey", revoke)
            .summary("Revoke an API key.")
            .writes(&["api_key_revoked"]),
    ]
}

async fn list(
    caller: Allowed<AuthManage>,
    doorway: Doorway,
    request: HttpRequest,
    Query(query): Query<PageQuery>,
) -> Answer<Keys> {
    let limit = limit(query.limit)?;
    let after: Option<(DateTime<Utc>, ApiKeyId)> = from_cursor(query.cursor.as_deref())?;
    let caller = caller.into_caller();
    let page = doorway
        .run(move |auth| auth.api_keys().list(&caller, None, after, limit))
        .await?;
    let next_cursor = next_cursor(&page, |row| (row.key.created_at, row.key.id));
    let link = next_link(&request, next_cursor.as_deref());
    let api_keys = page.rows.iter().map(ApiKey::from).collect();
    Ok(Reply::new(Keys {
        api_keys,
        next_cursor,
    })
    .with_all(link))
}

async fn create(
    caller: AllowedBySession<AuthManage>,
    doorway: Doorway,
    once: Once,
    Json(body): Json<NewKey>,
) -> OnceAnswer<CreatedKeyAnswer, V1> {
    let caller = caller.into_caller();
    let asked = caller.clone();
    let prefix = doorway.prefix().to_owned();
    once.answer(&doorway, &asked, move |auth, asked| {
        let owner = body.owner(&caller)?;
        let request = body.into_request()?;
        asked.make(
            |made| answer(&prefix, made),
            |once| {
                auth.api_keys()
                    .create_for_once(&caller, owner, &request, once)
                    .map_err(unusable_owner)
            },
        )
    })
    .await
}

fn answer(prefix: &str, made: &CreatedKey) -> Created<CreatedKeyAnswer> {
    let location = format!("{prefix}/api/v1/api-keys/{}", made.row.key.id);
    Created {
        body: CreatedKeyAnswer {
            api_key: ApiKey::from(&made.row),
            key: made.token.expose().to_owned(),
        },
        headers: vec![(LOCATION.to_string(), location)],
    }
}

async fn get(
    caller: Allowed<AuthManage>,
    doorway: Doorway,
    Id(id): Id<ApiKeyId>,
) -> Answer<KeyAnswer> {
    let caller = caller.into_caller();
    let row = doorway
        .run(move |auth| auth.api_keys().get(&caller, id))
        .await?;
    let answer = KeyAnswer {
        api_key: ApiKey::from(&row),
    };
    Ok(Reply::new(answer).with_all(etag(row.key.version)))
}

async fn revoke(
    caller: AllowedBySession<AuthManage>,
    doorway: Doorway,
    Id(id): Id<ApiKeyId>,
) -> Result<Empty, Refusal<V1>> {
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.api_keys().revoke(&caller, id))
        .await?;
    Ok(Empty::new())
}

impl NewKey {
    fn owner(&self, caller: &Caller) -> Result<UserId, Error> {
        let missing = || Error::field("owner_user_id", "required", "say whose key it is to be");
        self.owner_user_id
            .or_else(|| caller.user_id())
            .ok_or_else(missing)
    }

    fn into_request(self) -> Result<CreateKey, Error> {
        check_surfaces(self.allowed_surfaces.as_deref())?;
        let (Some(Attribution::UserOwned) | None) = self.attribution_class;
        let end = self.expires_at.as_deref();
        let end = end
            .map(|text| fields::instant("expires_at", text))
            .transpose()?;
        Ok(CreateKey {
            name: fields::key_name(&self.name)?,
            description: self.description,
            limit: LimitRequest::Access {
                role: self.role,
                access: self.workspace_access.map(Into::into),
            },
            expiry: end.map_or(Expiry::Never, Expiry::At),
        })
    }
}

/// Somebody who is not there or not active is a wrong value here, not a wrong address.
fn unusable_owner(error: Error) -> Error {
    match error {
        Error::NotFound { what: "user", .. } | Error::User(UserError::Inactive) => {
            Error::field("owner_user_id", "unknown_user", error.to_string())
        }
        other => other,
    }
}

/// A key that may not use the REST API could not be used here at all.
pub(super) fn check_surfaces(surfaces: Option<&[Surface]>) -> Result<(), Error> {
    match surfaces {
        Some(surfaces) if !surfaces.contains(&Surface::RestApi) => {
            let text = "must contain rest_api, the only surface here";
            Err(Error::field("allowed_surfaces", "invalid", text))
        }
        _ => Ok(()),
    }
}
