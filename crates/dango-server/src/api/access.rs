//! Workspace access in the words of requests, the same in both families.

use dango_auth::users::AccessRequest;
use serde::Deserialize;
use utoipa::ToSchema;

/// `{"all": true}`, or `{"all": false, "grants": [{"workspace", "role"}]}` (contract §2).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"all": true}))]
pub(crate) struct AccessBody {
    /// Everywhere, with the top-level role.
    #[serde(default)]
    pub all: bool,
    /// Or workspace by workspace; needs the top-level role `viewer`.
    #[serde(default)]
    pub grants: Vec<GrantBody>,
}

/// A role in one workspace.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantBody {
    /// Where.
    #[schema(example = "ops")]
    pub workspace: String,
    /// As what; anything but `admin`.
    #[schema(example = "operator")]
    pub role: String,
}

impl From<AccessBody> for AccessRequest {
    fn from(body: AccessBody) -> Self {
        let grants = body
            .grants
            .into_iter()
            .map(|grant| (grant.workspace, grant.role));
        Self {
            all: body.all,
            grants: grants.collect(),
        }
    }
}
