//! Users as a table, and why one may or may not do something.

use std::io;

use dango_auth::view::{ExplanationObject, UserObject};

use crate::output::{Output, Show, Table, Text, Tone, day_and_time, or_never};

impl Show for Vec<UserObject> {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        if self.is_empty() {
            return output.note("there are no such users");
        }
        let headings = [
            "Email",
            "Role",
            "Status",
            "2FA",
            "Access",
            "Last sign-in (UTC)",
            "Created (UTC)",
        ];
        let mut table = Table::new(headings);
        for user in self {
            table.row([
                user.email.as_str().into(),
                user.role.as_str().into(),
                status(&user.status),
                if user.totp_enabled {
                    "on".into()
                } else {
                    Text::toned(Tone::Dim, "off")
                },
                access(user).into(),
                or_never(user.last_login),
                day_and_time(user.created_at).into(),
            ]);
        }
        output.table(&table)
    }
}

/// The word people read, in the colour of the status.
pub(super) fn status(word: &str) -> Text {
    let tone = match word {
        "active" => Tone::Good,
        "inactive" => Tone::Bad,
        "locked" | "invite_expired" => Tone::Caution,
        _ => Tone::Plain,
    };
    Text::toned(tone, word.replace('_', " "))
}

fn access(user: &UserObject) -> String {
    if user.workspace_access.all {
        return "all".to_owned();
    }
    let grants = user.workspace_access.grants();
    let list: Vec<_> = grants
        .iter()
        .map(|grant| format!("{}:{}", grant.workspace, grant.role))
        .collect();
    if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(", ")
    }
}

impl Show for ExplanationObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let tone = if self.allowed { Tone::Good } else { Tone::Bad };
        output.line(Text::toned(tone, &self.explanation))
    }
}
