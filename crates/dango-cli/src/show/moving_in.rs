//! What is taken over from an older system.

use std::io;

use dango_auth::import::{Plan, PlannedRow, Verdict};
use serde::Serialize;

use crate::output::{Output, Show, Table, Text, Tone};

/// A plan, carried out or not.
#[derive(Debug, Serialize)]
pub(crate) struct MovingIn {
    from: &'static str,
    /// False when nothing was changed.
    done: bool,
    counts: Counts,
    rows: Vec<Row>,
    events: usize,
    switches_auth_off: bool,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Counts {
    add: usize,
    already_here: usize,
    conflict: usize,
    skip: usize,
}

#[derive(Debug, Serialize)]
struct Row {
    what: &'static str,
    name: String,
    about: String,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invite_url: Option<String>,
}

impl MovingIn {
    /// The plan as it is shown.
    pub(crate) fn new(plan: &Plan, done: bool) -> Self {
        let count = |verdict: &Verdict| plan.count(verdict.as_str());
        Self {
            from: plan.origin.as_str(),
            done,
            counts: Counts {
                add: count(&Verdict::Add),
                already_here: count(&Verdict::Already),
                conflict: count(&Verdict::Conflict(String::new())),
                skip: count(&Verdict::Skip(String::new())),
            },
            rows: plan.rows.iter().map(|it| row(it, done)).collect(),
            events: plan.events,
            switches_auth_off: plan.switches_off,
            notes: plan.notes.clone(),
        }
    }

    fn sentence(&self) -> String {
        let Counts {
            add,
            already_here,
            conflict,
            skip,
        } = self.counts;
        let verb = if self.done { "added" } else { "to add" };
        let events = self.events;
        format!(
            "{add} {verb}, {already_here} already here, {conflict} in conflict, {skip} left out, \
             {events} events of the audit log"
        )
    }
}

/// A row; the link is there once it works.
fn row(row: &PlannedRow, done: bool) -> Row {
    let made = done && row.verdict == Verdict::Add;
    Row {
        what: row.what,
        name: row.name.clone(),
        about: row.about.clone(),
        verdict: row.verdict.as_str(),
        reason: row.verdict.reason().map(str::to_owned),
        invite_url: row.link.clone().filter(|_| made),
    }
}

impl Show for MovingIn {
    fn show(&self, output: &mut Output) -> io::Result<()> {
        let mut table = Table::new(["What", "Name", "About", "Result", "Reason"]);
        for row in &self.rows {
            table.row([
                row.what.into(),
                row.name.as_str().into(),
                row.about.as_str().into(),
                Text::toned(tone(row.verdict), row.verdict),
                row.reason.as_deref().unwrap_or_default().into(),
            ]);
        }
        output.table(&table)?;
        let links = self
            .rows
            .iter()
            .filter_map(|row| Some((row, row.invite_url.as_deref()?)));
        for (row, link) in links {
            output.line(format!("{}: {link}", row.name).as_str())?;
        }
        for note in &self.notes {
            output.note(note)?;
        }
        if self.switches_auth_off {
            output.warn(
                "sign-in is switched off there and so here too: every endpoint answers everybody; \
                 `dango auth enable` closes them again",
            )?;
        }
        if self.done {
            output.done(self.sentence())
        } else {
            output.note(format!("nothing was changed: {}", self.sentence()))
        }
    }
}

fn tone(verdict: &str) -> Tone {
    match verdict {
        "add" => Tone::Good,
        "conflict" => Tone::Bad,
        "skip" => Tone::Caution,
        _ => Tone::Dim,
    }
}
