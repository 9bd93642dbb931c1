//! Workspaces.

use dango_auth_core::audit::Event;
use dango_auth_core::id::{UserId, Version, WorkspaceId};
use dango_auth_core::name::{RoleName, Username, WorkspaceName};
use diesel::prelude::*;

use crate::error::Clash;
use crate::ports::{Page, Workspace, WorkspaceChanges, WorkspaceReads};
use crate::row::{Row, micros, page, page_limit};
use crate::schema::{user_grants, users, workspaces};
use crate::tx::{ChangeTx, ReadTx};
use crate::{Answer, StoreError};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = workspaces)]
struct WorkspaceRecord {
    id: String,
    name: String,
    description: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl WorkspaceRecord {
    fn of(workspace: &Workspace) -> Self {
        Self {
            id: workspace.id.to_string(),
            name: workspace.name.as_str().to_owned(),
            description: workspace.description.clone(),
            version: workspace.version.get(),
            created_at: micros(workspace.created_at),
            updated_at: micros(workspace.updated_at),
        }
    }

    fn into_workspace(self) -> Answer<Workspace> {
        let row = Row {
            table: "workspaces",
            id: &self.id,
        };
        Ok(Workspace {
            id: row.parse("id", &self.id)?,
            name: row.parse("name", &self.name)?,
            version: Version::from_stored(self.version),
            created_at: row.instant("created_at", self.created_at)?,
            updated_at: row.instant("updated_at", self.updated_at)?,
            description: self.description,
        })
    }
}

/// The ids of these workspaces, in their order.
///
/// # Errors
/// `NotFound` for the first that is not registered.
pub(crate) fn ids_by_name(tx: &mut ReadTx<'_>, names: &[&WorkspaceName]) -> Answer<Vec<String>> {
    let texts: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    let found: Vec<(String, String)> = tx.query(|link| {
        workspaces::table
            .filter(workspaces::name.eq_any(texts))
            .select((workspaces::name, workspaces::id))
            .load(link)
    })?;
    let id_of = |name: &WorkspaceName| {
        found
            .iter()
            .find(|(found, _)| name == found.as_str())
            .map(|(_, id)| id.clone())
    };
    names
        .iter()
        .map(|name| id_of(name).ok_or_else(|| StoreError::not_found("workspace", name)))
        .collect()
}

impl WorkspaceReads for ReadTx<'_> {
    fn workspace(&mut self, id: WorkspaceId) -> Answer<Option<Workspace>> {
        let found: Option<WorkspaceRecord> = self.query(|link| {
            workspaces::table
                .find(id.to_string())
                .select(WorkspaceRecord::as_select())
                .get_result(link)
                .optional()
        })?;
        found.map(WorkspaceRecord::into_workspace).transpose()
    }

    fn workspace_by_name(&mut self, name: &WorkspaceName) -> Answer<Option<Workspace>> {
        let found: Option<WorkspaceRecord> = self.query(|link| {
            workspaces::table
                .filter(workspaces::name.eq(name.as_str()))
                .select(WorkspaceRecord::as_select())
                .get_result(link)
                .optional()
        })?;
        found.map(WorkspaceRecord::into_workspace).transpose()
    }

    fn workspaces(
        &mut self,
        only: Option<&[WorkspaceName]>,
        after: Option<&WorkspaceName>,
        limit: u32,
    ) -> Answer<Page<Workspace>> {
        let mut query = workspaces::table
            .select(WorkspaceRecord::as_select())
            .into_boxed();
        if let Some(only) = only {
            let names: Vec<String> = only.iter().map(|name| name.as_str().to_owned()).collect();
            query = query.filter(workspaces::name.eq_any(names));
        }
        if let Some(after) = after {
            query = query.filter(workspaces::name.gt(after.as_str().to_owned()));
        }
        let query = query.order(workspaces::name.asc()).limit(page_limit(limit));
        let found: Vec<WorkspaceRecord> = self.query(|link| query.load(link))?;
        let Page { rows, more } = page(found, limit);
        let rows = rows
            .into_iter()
            .map(WorkspaceRecord::into_workspace)
            .collect::<Answer<Vec<_>>>()?;
        Ok(Page { rows, more })
    }

    fn workspace_members(
        &mut self,
        id: WorkspaceId,
        after: Option<&Username>,
        limit: u32,
    ) -> Answer<Page<(UserId, Username, RoleName)>> {
        let after = after.map_or("", Username::as_str);
        let found: Vec<(String, String, String)> = self.query(|link| {
            user_grants::table
                .inner_join(users::table)
                .filter(user_grants::workspace_id.eq(id.to_string()))
                .filter(users::username.gt(after))
                .order(users::username.asc())
                .limit(page_limit(limit))
                .select((users::id, users::username, user_grants::role))
                .load(link)
        })?;
        let Page { rows, more } = page(found, limit);
        let rows = rows.into_iter().map(|(user, name, role)| {
            let row = Row {
                table: "user_grants",
                id: &user,
            };
            Ok((
                row.parse("user_id", &user)?,
                row.parse("username", &name)?,
                row.parse("role", &role)?,
            ))
        });
        Ok(Page {
            rows: rows.collect::<Answer<Vec<_>>>()?,
            more,
        })
    }
}

impl WorkspaceChanges for ChangeTx<'_> {
    fn insert_workspace(&mut self, workspace: &Workspace, event: Event) -> Answer<()> {
        refuse_taken(self, workspace)?;
        let record = WorkspaceRecord::of(workspace);
        self.query(|link| {
            diesel::insert_into(workspaces::table)
                .values(&record)
                .execute(link)
        })?;
        self.add_event(event);
        Ok(())
    }

    fn update_workspace(
        &mut self,
        workspace: &Workspace,
        base: Version,
        event: Event,
    ) -> Answer<()> {
        refuse_taken(self, workspace)?;
        let record = WorkspaceRecord::of(workspace);
        let updated = self.query(|link| {
            diesel::update(
                workspaces::table
                    .find(&record.id)
                    .filter(workspaces::version.eq(base.get())),
            )
            .set(&record)
            .execute(link)
        })?;
        if updated == 0 {
            return Err(match self.workspace(workspace.id)? {
                Some(_) => StoreError::stale(),
                None => StoreError::not_found("workspace", workspace.id),
            });
        }
        self.add_event(event);
        Ok(())
    }

    fn delete_workspace(&mut self, id: WorkspaceId, event: Event) -> Answer<u64> {
        let id_text = id.to_string();
        let grants: i64 = self.query(|link| {
            user_grants::table
                .filter(user_grants::workspace_id.eq(&id_text))
                .count()
                .get_result(link)
        })?;
        // Grants of users and keys go by themselves, by their foreign keys.
        let deleted =
            self.query(|link| diesel::delete(workspaces::table.find(&id_text)).execute(link))?;
        if deleted == 0 {
            return Err(StoreError::not_found("workspace", id));
        }
        self.add_event(event.detail("grants_removed", grants));
        Ok(grants.unsigned_abs())
    }
}

/// The guard orders those who ask, so a name that is free now stays free until the commit.
fn refuse_taken(tx: &mut ReadTx<'_>, workspace: &Workspace) -> Answer<()> {
    match tx.workspace_by_name(&workspace.name)? {
        Some(other) if other.id != workspace.id => Err(StoreError::clash(Clash::Workspace)),
        _ => Ok(()),
    }
}
