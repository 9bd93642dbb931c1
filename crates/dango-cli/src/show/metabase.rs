//! What differs in Metabase, and what bringing it in line did.

use std::io;

use dango_auth::view::{ComparisonObject, MetabaseObject, SyncObject};

use crate::output::{Output, Show, Table, Text, Tone};

impl Show for ComparisonObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        if !self.differences.is_empty() {
            output.table(&differences(self))?;
        }
        if self.group_missing {
            output.warn("the group Dango Editors is missing")?;
        } else if self.rights_differ {
            output.warn("the rights on the database are not what they should be")?;
        }
        notes(self, output)?;
        let people = self.people;
        if self.in_line {
            output.done(format!("{people} people compared, all in line"))
        } else {
            let count = self.differences.len();
            output.note(format!("{people} people compared, {count} not in line"))
        }
    }
}

/// Who is left as they are, and why.
fn notes(found: &ComparisonObject, output: &mut Output) -> io::Result<()> {
    if !found.without_address.is_empty() {
        let names = found.without_address.join(", ");
        output.note(format!(
            "no account, because Metabase takes none without a usual address: {names}"
        ))?;
    }
    if let Some(name) = &found.service_account {
        output.note(format!(
            "{name} has the account that Dango signs in with; it is left as it is"
        ))?;
    }
    if found.strangers > 0 {
        let count = found.strangers;
        output.note(format!(
            "{count} accounts in Metabase are nobody's here; they are left as they are"
        ))?;
    }
    Ok(())
}

fn differences(found: &ComparisonObject) -> Table {
    let mut table = Table::new(["Person", "Should be", "Is", "Why", "On its way"]);
    for one in &found.differences {
        let on_its_way = if one.waiting { "yes" } else { "no" };
        table.row([
            one.user.as_str().into(),
            Text::toned(Tone::Good, &one.wanted),
            Text::toned(Tone::Caution, one.found.as_deref().unwrap_or("-")),
            one.reason.as_str().into(),
            on_its_way.into(),
        ]);
    }
    table
}

impl Show for SyncObject {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        if !self.before.differences.is_empty() {
            output.table(&differences(&self.before))?;
        }
        notes(&self.before, output)?;
        for person in &self.after.people {
            let error = person.error.as_deref().unwrap_or("another server is at it");
            output.warn(format!("{}: {error}", person.user))?;
        }
        let (delivered, waiting) = (self.delivered, self.after.waiting);
        if self.in_line {
            output.done(format!("{delivered} people brought in line"))
        } else {
            output.note(format!(
                "{delivered} people brought in line, {waiting} are not"
            ))
        }
    }
}

/// The mirror in one line, for `auth status`.
pub(super) fn in_one_line(mirror: &MetabaseObject) -> Text {
    let MetabaseObject { url, waiting, .. } = mirror;
    let text = format!("{url}, ");
    let text = Text::from(text);
    if mirror.outage.is_some() {
        return text.and(Tone::Bad, format!("cannot be used, {waiting} people wait"));
    }
    let tone = if *waiting == 0 {
        Tone::Good
    } else {
        Tone::Caution
    };
    let text = text.and(tone, format!("{waiting} people wait"));
    match mirror.drift {
        0 => text,
        drift => text.and(
            Tone::Caution,
            format!(", {drift} differed when compared last"),
        ),
    }
}
