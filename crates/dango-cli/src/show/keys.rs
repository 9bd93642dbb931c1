//! API keys as a table.

use std::io;

use dango_auth::view::{ApiKeyObject, KeyWorkspaceObject};

use crate::output::{Output, Show, Table, Text, Tone, day_and_time, or_never};

impl Show for Vec<ApiKeyObject> {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        if self.is_empty() {
            return output.note("there are no API keys");
        }
        let headings = [
            "Id",
            "Owner",
            "Name",
            "Prefix",
            "Limit",
            "Last used (UTC)",
            "Ends (UTC)",
        ];
        let mut table = Table::new(headings);
        for key in self {
            let end = key.expires_at.map_or_else(
                || Text::toned(Tone::Dim, "never"),
                |end| day_and_time(end).into(),
            );
            table.row([
                key.id.to_string().into(),
                key.owner.as_str().into(),
                key.name.as_str().into(),
                key.key_prefix.as_str().into(),
                limit(key).into(),
                or_never(key.last_used_at),
                end,
            ]);
        }
        output.table(&table)
    }
}

/// What a key may do at most, in few words.
fn limit(key: &ApiKeyObject) -> String {
    let role = key.role.as_deref();
    let place = |limit: &KeyWorkspaceObject| match (&limit.role, role) {
        (Some(there), role) if role != Some(there.as_str()) => {
            format!("{}:{there}", limit.workspace)
        }
        _ => limit.workspace.clone(),
    };
    let places = key
        .workspaces
        .as_ref()
        .map(|limits| limits.iter().map(place).collect::<Vec<_>>().join(", "));
    match (role, places) {
        (None, None) => "as owner".to_owned(),
        (Some(role), None) => role.to_owned(),
        (None, Some(places)) => format!("in {places}"),
        (Some(role), Some(places)) => format!("{role} in {places}"),
    }
}
