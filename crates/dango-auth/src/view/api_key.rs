//! The API key object.

use chrono::{DateTime, Utc};
use dango_auth_core::id::{ApiKeyId, UserId};
use dango_auth_core::policy::WorkspaceLimit;
use dango_auth_store::ports::ApiKeyRow;
use serde::{Deserialize, Serialize};

use super::instant;

/// The most a key may do in one workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyWorkspaceObject {
    /// Where.
    pub workspace: String,
    /// As what at most; `null` is as the owner.
    pub role: Option<String>,
}

impl From<&WorkspaceLimit> for KeyWorkspaceObject {
    fn from(limit: &WorkspaceLimit) -> Self {
        Self {
            workspace: limit.workspace.as_str().to_owned(),
            role: limit.role.as_ref().map(|role| role.as_str().to_owned()),
        }
    }
}

/// An API key; `key` is there in the answer that makes it and never again.
///
/// SECURITY: with `key` it holds a secret in plain text; write it out and drop it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeyObject {
    /// Names it.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    pub id: ApiKeyId,
    /// What its owner calls it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its first characters.
    pub key_prefix: String,
    /// Whose rights it carries: the id.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    pub owner_id: UserId,
    /// Whose rights it carries: the username.
    pub owner: String,
    /// The role it may use at most; `null` is the owner's.
    pub role: Option<String>,
    /// The workspaces it may be used in; `null` is all of the owner's.
    pub workspaces: Option<Vec<KeyWorkspaceObject>>,
    /// When it was made.
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    #[serde(with = "instant::option")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it stops working.
    #[serde(with = "instant::option")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The key itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl ApiKeyObject {
    /// Shows a key without its secret.
    pub fn new(row: &ApiKeyRow) -> Self {
        let key = &row.key;
        let workspaces = key.limit.workspaces.as_ref();
        Self {
            id: key.id,
            name: key.name.as_str().to_owned(),
            description: key.description.clone(),
            key_prefix: key.prefix.clone(),
            owner_id: key.owner,
            owner: row.owner.username.as_str().to_owned(),
            role: key.limit.role.as_ref().map(|role| role.as_str().to_owned()),
            workspaces: workspaces
                .map(|limits| limits.iter().map(KeyWorkspaceObject::from).collect()),
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
            key: None,
        }
    }

    /// Adds the secret, for the one answer that shows it.
    #[must_use]
    pub fn with_key(mut self, key: String) -> Self {
        self.key = Some(key);
        self
    }
}

impl std::fmt::Debug for ApiKeyObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKeyObject")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
