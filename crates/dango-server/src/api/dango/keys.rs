//! The own API keys.

use dango_auth::Error;
use dango_auth::api_keys::{CreateKey, CreatedKey, Expiry, LimitRequest};
use dango_auth::core::id::ApiKeyId;
use dango_auth::view::ApiKeyObject;
use dango_auth_actix::extract::{Id, Json};
use dango_auth_actix::problem::Dango;
use dango_auth_actix::{Doorway, Reply, SessionCaller};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Done;
use crate::api::idempotency::{Created, Once, OnceAnswer};
use crate::api::{Answer, fields};
use crate::route::Route;

/// A key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "nightly export", "expires_in_days": 90, "role": "viewer"}))]
struct NewKey {
    /// What to call it.
    #[schema(example = "nightly export", max_length = 128)]
    name: String,
    /// When it stops working; without zone it is UTC. Not together with `expires_in_days`.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
    /// In how many days it stops working.
    #[schema(minimum = 1)]
    expires_in_days: Option<u32>,
    /// The role it may use at most; the owner's without.
    #[schema(example = "viewer")]
    role: Option<String>,
    /// The workspaces it may be used in; all of the owner's without.
    workspaces: Option<Vec<String>>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/auth/api-keys", "listOwnKeys", list).summary("The own API keys."),
        Route::post("/api/auth/api-keys", "createOwnKey", create)
            .summary("Make an API key; it is shown this once.")
            .writes(&["api_key_created"])
            .refuses(&[409]),
        Route::delete("/api/auth/api-keys/{id}", "revokeOwnKey", revoke)
            .summary("Revoke one of the own API keys.")
            .writes(&["api_key_revoked"]),
    ]
}

async fn list(caller: SessionCaller, doorway: Doorway) -> Answer<Vec<ApiKeyObject>> {
    let caller = caller.into_caller();
    let keys = doorway
        .run(move |auth| auth.api_keys().list_own(&caller))
        .await?;
    Ok(Reply::new(keys.iter().map(ApiKeyObject::new).collect()))
}

async fn create(
    caller: SessionCaller,
    doorway: Doorway,
    once: Once,
    Json(body): Json<NewKey>,
) -> OnceAnswer<ApiKeyObject, Dango, 200> {
    let request = CreateKey::try_from(body)?;
    let caller = caller.into_caller();
    let asked = caller.clone();
    once.answer(&doorway, &asked, move |auth, asked| {
        asked.make(
            |made| Created::from(shown(made)),
            |once| auth.api_keys().create_own_once(&caller, &request, once),
        )
    })
    .await
}

fn shown(made: &CreatedKey) -> ApiKeyObject {
    ApiKeyObject::new(&made.row).with_key(made.token.expose().to_owned())
}

async fn revoke(caller: SessionCaller, doorway: Doorway, Id(id): Id<ApiKeyId>) -> Answer<Done> {
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.api_keys().revoke_own(&caller, id))
        .await?;
    Ok(Reply::new(Done::YES))
}

impl TryFrom<NewKey> for CreateKey {
    type Error = Error;

    fn try_from(body: NewKey) -> Result<Self, Error> {
        let expiry = match (body.expires_at, body.expires_in_days) {
            (None, None) => Expiry::Never,
            (Some(text), None) => Expiry::At(fields::instant("expires_at", &text)?),
            (None, Some(days)) => Expiry::Days(days),
            (Some(_), Some(_)) => {
                let text = "give expires_at or expires_in_days, not both";
                return Err(Error::field("expires_in_days", "conflicting", text));
            }
        };
        let limit = match (body.role, body.workspaces) {
            (None, None) => LimitRequest::Owner,
            (role, workspaces) => LimitRequest::Narrow { role, workspaces },
        };
        let name = fields::key_name(&body.name)?;
        Ok(Self {
            name,
            description: String::new(),
            limit,
            expiry,
        })
    }
}
