//! Objects of the v1 family.

use chrono::{DateTime, Utc};
use dango_auth::Auth;
use dango_auth::Error;
use dango_auth::core::id::{ApiKeyId, UserId, WorkspaceId};
use dango_auth::core::workspace::WorkspaceAccess;
use dango_auth::ports::{ApiKeyRow, UserRow, Workspace};
use dango_auth::view::{AccessObject, UserObject, instant};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::show::Light;

/// A person's account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    role: String,
    workspace_access: Access,
    /// Always `builtin`.
    auth_provider: &'static str,
    /// There only when true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    is_disabled: bool,
    status: String,
    totp_enabled: bool,
    must_change_password: bool,
    #[serde(with = "instant::option")]
    last_login_at: Option<DateTime<Utc>>,
    #[serde(with = "instant")]
    created_at: DateTime<Utc>,
    #[serde(with = "instant")]
    updated_at: DateTime<Utc>,
}

/// Where somebody may act.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Access {
    /// Every workspace, with the top-level role.
    all: bool,
    /// Or workspace by workspace; empty for all.
    grants: Vec<Grant>,
}

/// A role in one workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Grant {
    workspace: String,
    role: String,
}

impl From<&WorkspaceAccess> for Access {
    fn from(access: &WorkspaceAccess) -> Self {
        let grant = |grant: &dango_auth::core::workspace::Grant| Grant {
            workspace: grant.workspace.to_string(),
            role: grant.role.to_string(),
        };
        Self {
            all: access.is_everywhere(),
            grants: access.grants().iter().map(grant).collect(),
        }
    }
}

impl From<AccessObject> for Access {
    fn from(access: AccessObject) -> Self {
        let grants = access.grants.unwrap_or_default().into_iter();
        let grants = grants
            .map(|it| Grant {
                workspace: it.workspace,
                role: it.role,
            })
            .collect();
        Self {
            all: access.all,
            grants,
        }
    }
}

impl User {
    pub(super) fn new(row: &UserRow, auth: &Auth) -> Result<Self, Error> {
        Ok(Self::under(Light::now(auth)?, row))
    }

    pub(super) fn under(light: Light, row: &UserRow) -> Self {
        let shown: UserObject = light.user(row);
        Self {
            id: shown.id,
            email: row.user.email.as_ref().map(ToString::to_string),
            username: shown.username,
            role: shown.role,
            workspace_access: shown.workspace_access.into(),
            auth_provider: "builtin",
            is_disabled: !shown.is_active,
            status: shown.status,
            totp_enabled: shown.totp_enabled,
            must_change_password: shown.must_change_password,
            last_login_at: shown.last_login,
            created_at: shown.created_at,
            updated_at: shown.updated_at,
        }
    }
}

/// One user, wrapped.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = V1UserAnswer)]
pub(super) struct UserAnswer {
    pub(super) user: User,
}

/// Words for people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Message {
    pub(super) message: &'static str,
}

/// An API key; never its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiKey {
    #[schema(value_type = String, format = Uuid)]
    id: ApiKeyId,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// The role it may use at most; the owner's own rights cap it further.
    role: String,
    workspace_access: Access,
    /// Always `["rest_api"]`.
    allowed_surfaces: [&'static str; 1],
    /// Always `user_owned`.
    attribution_class: &'static str,
    #[schema(value_type = String, format = Uuid)]
    owner_user_id: UserId,
    owner_username: String,
    key_prefix: String,
    #[schema(value_type = Option<String>, format = Uuid)]
    created_by: Option<UserId>,
    #[serde(with = "instant::option")]
    last_used_at: Option<DateTime<Utc>>,
    #[serde(with = "instant::option")]
    expires_at: Option<DateTime<Utc>>,
    #[serde(with = "instant")]
    created_at: DateTime<Utc>,
    #[serde(with = "instant")]
    updated_at: DateTime<Utc>,
}

impl From<&ApiKeyRow> for ApiKey {
    fn from(row: &ApiKeyRow) -> Self {
        let (key, owner) = (&row.key, &row.owner);
        let role = key.limit.role.as_ref().unwrap_or(&owner.role);
        Self {
            id: key.id,
            name: key.name.to_string(),
            description: (!key.description.is_empty()).then(|| key.description.clone()),
            role: role.to_string(),
            workspace_access: key_access(row),
            allowed_surfaces: ["rest_api"],
            attribution_class: "user_owned",
            owner_user_id: key.owner,
            owner_username: owner.username.to_string(),
            key_prefix: key.prefix.clone(),
            created_by: key.created_by,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
            created_at: key.created_at,
            updated_at: key.updated_at,
        }
    }
}

/// Where a key may be used: its own list, or wherever its owner may act.
fn key_access(row: &ApiKeyRow) -> Access {
    let Some(limits) = &row.key.limit.workspaces else {
        return Access {
            all: true,
            grants: Vec::new(),
        };
    };
    let fallback = row.key.limit.role.as_ref().unwrap_or(&row.owner.role);
    let grant = |limit: &dango_auth::core::policy::WorkspaceLimit| Grant {
        workspace: limit.workspace.to_string(),
        role: limit.role.as_ref().unwrap_or(fallback).to_string(),
    };
    Access {
        all: false,
        grants: limits.iter().map(grant).collect(),
    }
}

/// A workspace.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkspaceItem {
    #[schema(value_type = String, format = Uuid)]
    id: WorkspaceId,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(with = "instant")]
    created_at: DateTime<Utc>,
    #[serde(with = "instant")]
    updated_at: DateTime<Utc>,
}

impl From<&Workspace> for WorkspaceItem {
    fn from(workspace: &Workspace) -> Self {
        let description = Some(workspace.description.clone()).filter(|text| !text.is_empty());
        Self {
            id: workspace.id,
            name: workspace.name.to_string(),
            description,
            created_at: workspace.created_at,
            updated_at: workspace.updated_at,
        }
    }
}
