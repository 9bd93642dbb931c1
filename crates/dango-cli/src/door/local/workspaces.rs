//! Workspaces.

use dango_auth::core::name::WorkspaceName;
use dango_auth::view::WorkspaceObject;

use super::Local;
use crate::door::{Answer, Workspaces};

/// How many workspaces are read at a time.
const PAGE: u32 = 1000;

impl Workspaces for Local {
    fn workspaces(&self) -> Answer<Vec<WorkspaceObject>> {
        let (mut workspaces, mut after) = (Vec::new(), None);
        loop {
            let page = self
                .auth
                .workspaces()
                .list(&self.caller, after.as_ref(), PAGE)?;
            workspaces.extend(page.rows.iter().map(WorkspaceObject::from));
            match page.rows.last() {
                Some(last) if page.more => after = Some(last.name.clone()),
                _ => return Ok(workspaces),
            }
        }
    }

    fn create_workspace(&self, name: &str, description: &str) -> Answer<WorkspaceObject> {
        let name =
            WorkspaceName::parse(name).map_err(|error| dango_auth::Error::name("name", &error))?;
        Ok(WorkspaceObject::from(&self.auth.workspaces().create(
            &self.caller,
            &name,
            description,
        )?))
    }

    fn delete_workspace(&self, name: &str) -> Answer<()> {
        let workspace = self.auth.workspaces().find(&self.caller, name)?;
        self.auth.workspaces().delete(&self.caller, workspace.id)?;
        Ok(())
    }
}
