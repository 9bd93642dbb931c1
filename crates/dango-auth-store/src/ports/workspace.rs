//! Workspaces.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::Event;
use dango_auth_core::id::{UserId, Version, WorkspaceId};
use dango_auth_core::name::{RoleName, Username, WorkspaceName};

use super::Page;
use crate::Answer;

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id; survives renaming.
    pub id: WorkspaceId,
    /// Its name.
    pub name: WorkspaceName,
    /// What it is for.
    pub description: String,
    /// Counts its changes.
    pub version: Version,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Asking about workspaces.
pub trait WorkspaceReads {
    /// The workspace with this id.
    fn workspace(&mut self, id: WorkspaceId) -> Answer<Option<Workspace>>;
    /// The workspace with this name.
    fn workspace_by_name(&mut self, name: &WorkspaceName) -> Answer<Option<Workspace>>;
    /// One page by name; `only` limits it to these names.
    fn workspaces(
        &mut self,
        only: Option<&[WorkspaceName]>,
        after: Option<&WorkspaceName>,
        limit: u32,
    ) -> Answer<Page<Workspace>>;
    /// Who holds a grant there, by username, with the role.
    fn workspace_members(
        &mut self,
        id: WorkspaceId,
        after: Option<&Username>,
        limit: u32,
    ) -> Answer<Page<(UserId, Username, RoleName)>>;
}

/// Changing workspaces.
pub trait WorkspaceChanges {
    /// Makes a workspace; [`StoreError::Conflict`](crate::StoreError::Conflict) when the name is taken.
    fn insert_workspace(&mut self, workspace: &Workspace, event: Event) -> Answer<()>;
    /// Renames or describes it anew; grants follow. Conflict when name taken or version moved.
    fn update_workspace(
        &mut self,
        workspace: &Workspace,
        base: Version,
        event: Event,
    ) -> Answer<()>;
    /// Removes it and every grant in it, of users and keys; tells how many user grants went.
    fn delete_workspace(&mut self, id: WorkspaceId, event: Event) -> Answer<u64>;
}
