//! Workspaces as a table.

use std::io;

use dango_auth::view::WorkspaceObject;
use serde::Serialize;

use crate::output::{Output, Show, Table, day_and_time};

/// The workspaces, as `GET /api/v1/workspaces` wraps them.
#[derive(Debug, Serialize)]
pub(crate) struct Workspaces {
    /// By name.
    pub(crate) workspaces: Vec<WorkspaceObject>,
}

impl Show for Workspaces {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        if self.workspaces.is_empty() {
            return output.note("there are no workspaces");
        }
        let mut table = Table::new(["Name", "Description", "Created (UTC)"]);
        for workspace in &self.workspaces {
            let (name, description) = (workspace.name.as_str(), workspace.description.as_str());
            table.row([
                name.into(),
                description.into(),
                day_and_time(workspace.created_at).into(),
            ]);
        }
        output.table(&table)
    }
}
