//! What a policy file adds.

use std::io;

use crate::door::PolicyReport;
use crate::output::{Output, Show, Text, Tone};

impl Show for PolicyReport {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let title = match &self.file {
            Some(file) => file.display().to_string(),
            None => "no policy file; the built-in roles are in force".to_owned(),
        };
        output.facts(
            &title,
            &[
                ("Added domains", listed(&self.domains)),
                ("Added permissions", listed(&self.permissions)),
                ("Added roles", listed(&self.roles)),
            ],
        )?;
        for unknown in &self.unknown_roles {
            let text = format!(
                "not known, so without rights: {} ({} people, {} grants in workspaces, {} limits of keys)",
                unknown.role, unknown.people, unknown.grants, unknown.keys
            );
            output.line(Text::toned(Tone::Caution, text))?;
        }
        Ok(())
    }
}

fn listed(names: &[String]) -> Text {
    if names.is_empty() {
        Text::toned(Tone::Dim, "none")
    } else {
        names.join(", ").into()
    }
}
