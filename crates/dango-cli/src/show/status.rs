//! The state of the whole in one look.

use std::collections::BTreeMap;
use std::io;

use dango_auth::view::StatusObject;

use crate::output::{Output, Show, Text, Tone};

impl Show for StatusObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let sign_in = if self.enabled {
            Text::toned(Tone::Good, "on")
        } else {
            Text::toned(Tone::Bad, "off")
        };
        let mut facts = vec![
            ("Sign-in", sign_in),
            ("Users", counted(self.users.total, &self.users.by_status)),
            ("Roles", listed(&self.users.by_role)),
            (
                "Admins without second factor",
                admins(&self.admins_without_2fa),
            ),
        ];
        if let Some(mirror) = &self.metabase {
            facts.push(("Metabase", super::metabase::in_one_line(mirror)));
        }
        output.facts("Authentication", &facts)?;
        output.line("")?;
        output.table(&super::settings::table(&self.settings))?;
        for warning in &self.warnings {
            output.line(Text::toned(Tone::Caution, "warning: ").plain(warning))?;
        }
        Ok(())
    }
}

fn counted(total: u64, by_status: &BTreeMap<String, u64>) -> Text {
    let parts = listed(by_status).bare();
    if parts == "none" {
        "none".into()
    } else {
        format!("{total} ({parts})").into()
    }
}

fn listed(counts: &BTreeMap<String, u64>) -> Text {
    let some = counts.iter().filter(|(_, count)| **count > 0);
    let parts: Vec<_> = some
        .map(|(word, count)| format!("{count} {}", word.replace('_', " ")))
        .collect();
    if parts.is_empty() {
        "none".into()
    } else {
        parts.join(", ").into()
    }
}

fn admins(names: &[String]) -> Text {
    if names.is_empty() {
        Text::toned(Tone::Good, "none")
    } else {
        Text::toned(Tone::Caution, names.join(", "))
    }
}
