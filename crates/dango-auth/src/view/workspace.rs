//! The workspace object.

use chrono::{DateTime, Utc};
use dango_auth_core::id::WorkspaceId;
use dango_auth_store::ports::Workspace;
use serde::{Deserialize, Serialize};

use super::instant;

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceObject {
    /// Its id; survives renaming.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it was made.
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    #[serde(with = "instant")]
    pub updated_at: DateTime<Utc>,
}

impl From<&Workspace> for WorkspaceObject {
    fn from(workspace: &Workspace) -> Self {
        Self {
            id: workspace.id,
            name: workspace.name.as_str().to_owned(),
            description: workspace.description.clone(),
            created_at: workspace.created_at,
            updated_at: workspace.updated_at,
        }
    }
}
