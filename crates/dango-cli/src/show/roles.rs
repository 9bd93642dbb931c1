//! Roles as a table, and one role with its permissions.

use std::io;

use dango_auth::view::RoleObject;

use crate::output::{Output, Show, Table, Text};

impl Show for Vec<RoleObject> {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let mut table = Table::new(["Role", "Permissions", "For"]);
        for role in self {
            let count = role.permissions.len().to_string();
            table.row([
                role.name.as_str().into(),
                count.into(),
                role.description.as_str().into(),
            ]);
        }
        output.table(&table)
    }
}

impl Show for RoleObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        output.line(
            Text::default()
                .strong(&self.name)
                .plain(": ")
                .plain(&self.description),
        )?;
        for permission in &self.permissions {
            output.line(Text::from("  ").plain(permission))?;
        }
        Ok(())
    }
}
