//! Changing an API key.

use dango_auth::Error;
use dango_auth::api_keys::{Expiry, LimitRequest, ReviseKey};
use dango_auth::core::id::ApiKeyId;
use dango_auth::core::permission::builtin::types::AuthManage;
use dango_auth::ports::ApiKeyRow;
use dango_auth::users::AccessRequest;
use dango_auth_actix::extract::{Id, Json};
use dango_auth_actix::{AllowedBySession, Doorway, Reply};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::Answer;
use super::keys::{KeyAnswer, Surface, check_surfaces};
use super::view::ApiKey;
use crate::api::access::AccessBody;
use crate::api::fields;
use crate::api::precondition::{IfMatch, etag};

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"role": "viewer", "expiresAt": null}))]
pub(super) struct KeyChanges {
    name: Option<String>,
    description: Option<String>,
    role: Option<String>,
    workspace_access: Option<AccessBody>,
    allowed_surfaces: Option<Vec<Surface>>,
    /// `null` lets it work for ever.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Given,
}

/// A member that may be absent, `null` or a text.
#[derive(Debug, Default)]
enum Given {
    #[default]
    Absent,
    Null,
    Text(String),
}

/// Tells `null` from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Given, D::Error> {
    Ok(Option::deserialize(deserializer)?.map_or(Given::Null, Given::Text))
}

pub(super) async fn revise(
    caller: AllowedBySession<AuthManage>,
    doorway: Doorway,
    Id(id): Id<ApiKeyId>,
    IfMatch(version): IfMatch,
    Json(body): Json<KeyChanges>,
) -> Answer<KeyAnswer> {
    let caller = caller.into_caller();
    let row = doorway
        .run(move |auth| {
            let before = auth.api_keys().get(&caller, id)?;
            let version = version.or(Some(before.key.version));
            auth.api_keys()
                .revise(&caller, id, &body.into_revision(&before)?, version)
        })
        .await?;
    let answer = KeyAnswer {
        api_key: ApiKey::from(&row),
    };
    Ok(Reply::new(answer).with_all(etag(row.key.version)))
}

impl KeyChanges {
    fn into_revision(self, before: &ApiKeyRow) -> Result<ReviseKey, Error> {
        check_surfaces(self.allowed_surfaces.as_deref())?;
        let expiry = match &self.expires_at {
            Given::Absent => None,
            Given::Null => Some(Expiry::Never),
            Given::Text(text) => Some(Expiry::At(fields::instant("expires_at", text)?)),
        };
        Ok(ReviseKey {
            name: self.name.as_deref().map(fields::key_name).transpose()?,
            limit: limit(self.role, self.workspace_access, before),
            description: self.description,
            expiry,
        })
    }
}

/// Role and access are checked together, so what is not given is taken from the key as it is.
fn limit(
    role: Option<String>,
    access: Option<AccessBody>,
    before: &ApiKeyRow,
) -> Option<LimitRequest> {
    if role.is_none() && access.is_none() {
        return None;
    }
    let held = before.key.limit.role.as_ref().unwrap_or(&before.owner.role);
    let role = role.unwrap_or_else(|| held.to_string());
    let access = access.map_or_else(|| access_of(before), Into::into);
    Some(LimitRequest::Access {
        role,
        access: Some(access),
    })
}

fn access_of(row: &ApiKeyRow) -> AccessRequest {
    let Some(limits) = &row.key.limit.workspaces else {
        return AccessRequest::everywhere();
    };
    let fallback = row.key.limit.role.as_ref().unwrap_or(&row.owner.role);
    let grants = limits.iter().map(|limit| {
        (
            limit.workspace.to_string(),
            limit.role.as_ref().unwrap_or(fallback).to_string(),
        )
    });
    AccessRequest {
        all: false,
        grants: grants.collect(),
    }
}
