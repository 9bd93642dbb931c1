//! Sessions as a table.

use std::io;

use dango_auth::view::SessionObject;

use crate::output::{Output, Show, Table, day_and_time};

impl Show for Vec<SessionObject> {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        if self.is_empty() {
            return output.note("there are no sessions");
        }
        let mut table = Table::new([
            "Id",
            "Started (UTC)",
            "Last used (UTC)",
            "Ends (UTC)",
            "Address",
            "Browser",
        ]);
        for session in self {
            table.row([
                session.id.to_string().into(),
                day_and_time(session.created_at).into(),
                day_and_time(session.last_activity).into(),
                day_and_time(session.expires_at).into(),
                session.ip_address.as_deref().unwrap_or("-").into(),
                session.user_agent.as_deref().unwrap_or("-").into(),
            ]);
        }
        output.table(&table)
    }
}
