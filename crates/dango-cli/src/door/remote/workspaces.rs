//! Workspaces, which the API has in the v1 family alone.

use chrono::{DateTime, Utc};
use dango_auth::core::id::WorkspaceId;
use dango_auth::view::WorkspaceObject;
use serde::Deserialize;

use super::call::Call;
use super::{Remote, operations};
use crate::door::{Answer, Workspaces};
use crate::exit::Exit;
use crate::fault::Fault;

/// How many workspaces are asked for at a time.
const PAGE: u32 = 1000;

/// One page of workspaces.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    workspaces: Vec<Item>,
    next_cursor: Option<String>,
}

/// A workspace.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: WorkspaceId,
    name: String,
    #[serde(default)]
    description: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Item> for WorkspaceObject {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            name: item.name,
            description: item.description,
            created_at: item.created_at,
            updated_at: item.updated_at,
        }
    }
}

impl Workspaces for Remote {
    fn workspaces(&self) -> Answer<Vec<WorkspaceObject>> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let call = Call::new(&operations::LIST_WORKSPACES)
                .query("limit", Some(PAGE))
                .query("cursor", cursor);
            let page: Listed = self.ask(&call)?;
            all.extend(page.workspaces.into_iter().map(WorkspaceObject::from));
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(all),
            }
        }
    }

    fn create_workspace(&self, name: &str, description: &str) -> Answer<WorkspaceObject> {
        let call = Call::new(&operations::CREATE_WORKSPACE)
            .member("name", name)
            .member("description", description);
        self.make::<Item>(&call).map(WorkspaceObject::from)
    }

    fn delete_workspace(&self, name: &str) -> Answer<()> {
        let all = self.workspaces()?;
        let found = all.iter().find(|workspace| workspace.name == name);
        let found = found.ok_or_else(|| {
            let text = format!("there is no workspace {name}");
            Fault::new(Exit::NotFound, "not_found", text)
        })?;
        self.reply(&Call::new(&operations::DELETE_WORKSPACE).of(&found.id))?;
        Ok(())
    }
}
