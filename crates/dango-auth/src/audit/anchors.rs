//! Anchors: links of the audit log, written down outside of the database (contract §7, ADR 0011).
//!
//! A chain shows that rows were changed. That the newest were cut off, or that an older copy of the whole database
//! was put in place, shows only against something kept elsewhere: `.dango/audit.anchors`, one JSON document per
//! line, and the program's own log, which has the same lines.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use dango_auth_store::ports::{Anchor, AuditReads as _};
use serde::{Deserialize, Serialize};

use super::Audit;
use crate::error::Error;
use crate::project::{Project, ProjectError};

/// An anchor at every so many events, to the event.
const EVENTS: i64 = 1000;
/// And after so long, when there were any.
const PAUSE: TimeDelta = TimeDelta::seconds(60);
/// Most anchors that are written at one time; after a longer pause the newest count.
const AT_ONCE: i64 = 1000;

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    id: i64,
    mac: String,
    at: DateTime<Utc>,
    /// An older copy was put back by `dango db restore`: what was seen behind this event does not count any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    restored: bool,
}

impl Line {
    fn of(anchor: Anchor, at: DateTime<Utc>) -> Self {
        Self {
            id: anchor.id,
            mac: hex::encode(anchor.mac),
            at,
            restored: false,
        }
    }

    fn anchor(&self) -> Option<Anchor> {
        let mut mac = [0; 32];
        hex::decode_to_slice(&self.mac, &mut mac).ok()?;
        Some(Anchor { id: self.id, mac })
    }
}

/// The last anchor this process knows of.
#[derive(Default)]
pub(crate) struct Anchored {
    last: Mutex<Option<Line>>,
    /// Whether the log was ever found to be without what had been anchored.
    broken: AtomicBool,
}

impl Anchored {
    fn get(&self) -> Option<Line> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    fn set(&self, line: Line) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
    }

    /// Whether the log still had the last anchored event, unchanged, whenever this process anchored it again.
    pub(crate) fn is_intact(&self) -> bool {
        !self.broken.load(Ordering::Relaxed)
    }
}

/// When to write an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorWhen {
    /// As soon as there is anything new: at the end of a program.
    Now,
    /// Every minute and every 1,000 events.
    Due,
}

impl Audit<'_> {
    /// Writes the head of the log down outside of the database; answers whether there was anything to write.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Internal`] when the file cannot be written.
    pub fn anchor(&self, when: AnchorWhen) -> Result<bool, Error> {
        let inner = &self.auth.inner;
        let Some(project) = &inner.project else {
            return Ok(false);
        };
        let now = self.auth.now();
        let (head, mac) = inner.store.read(|tx| Ok::<_, Error>(tx.audit_head()?))?;
        let last = match inner.anchored.get() {
            Some(last) => last,
            None => last_line(project)?,
        };
        let fresh = head - last.id;
        let is_due = match when {
            AnchorWhen::Now => fresh != 0,
            AnchorWhen::Due => !(0..EVENTS).contains(&fresh) || fresh > 0 && now - last.at >= PAUSE,
        };
        if !is_due {
            return Ok(false);
        }
        let mut wanted = full_thousands(last.id, head);
        wanted.insert(0, last.id);
        let mut passed = inner
            .store
            .read(|tx| Ok::<_, Error>(tx.audit_links(&wanted)?))?;
        // Retention may have taken the row out in order.
        let again = passed.extract_if(.., |anchor| anchor.id == last.id).next();
        let is_other = again.is_some_and(|again| Some(again) != last.anchor());
        if fresh < 0 || is_other {
            inner.anchored.broken.store(true, Ordering::Relaxed);
            tracing::error!(
                head,
                anchored = last.id,
                "the audit log is shorter than it was, or its anchored event was changed"
            );
        }
        let head = Anchor { id: head, mac };
        let lines: Vec<Line> = passed
            .into_iter()
            .chain([head])
            .map(|anchor| Line::of(anchor, now))
            .collect();
        append(project, &lines)?;
        inner.anchored.set(Line::of(head, now));
        Ok(true)
    }

    /// The links that were written down, as far as they still count.
    pub(super) fn anchors(&self) -> Result<Vec<Anchor>, Error> {
        let Some(project) = &self.auth.inner.project else {
            return Ok(Vec::new());
        };
        let mut anchors: Vec<Anchor> = Vec::new();
        for line in lines(project)? {
            let damaged = || unusable(&format!("{} has a damaged line", shown(project)));
            let anchor = line.anchor().ok_or_else(damaged)?;
            if line.restored {
                anchors.retain(|seen| seen.id <= anchor.id);
            }
            anchors.push(anchor);
        }
        Ok(anchors)
    }
}

/// Notes that an older copy was put back on purpose.
pub(crate) fn note_restored(
    project: &Project,
    head: Anchor,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let line = Line {
        restored: true,
        ..Line::of(head, at)
    };
    append(project, &[line])
}

/// The rows at every thousand behind one and before another.
fn full_thousands(after: i64, before: i64) -> Vec<i64> {
    let first = (after.max(0) / EVENTS + 1).max(before / EVENTS - AT_ONCE);
    (first..=before / EVENTS)
        .map(|thousand| thousand * EVENTS)
        .filter(|id| *id < before)
        .collect()
}

fn path(project: &Project) -> PathBuf {
    project.folder().join("audit.anchors")
}

fn shown(project: &Project) -> String {
    path(project).display().to_string()
}

fn unusable(what: &str) -> Error {
    tracing::error!("{what}");
    Error::Internal("the anchors of the audit log cannot be used")
}

fn failed(error: &ProjectError) -> Error {
    unusable(&error.to_string())
}

fn append(project: &Project, lines: &[Line]) -> Result<(), Error> {
    let mut text = String::new();
    for line in lines {
        let line = serde_json::to_string(line).map_err(|_| Error::Internal("an anchor"))?;
        tracing::info!(target: "dango_auth::audit", anchor = %line, "audit log anchored");
        text.push_str(&line);
        text.push('\n');
    }
    let mut file = Project::open_append(&path(project)).map_err(|error| failed(&error))?;
    // One call, so that lines of several programs do not mix.
    file.write_all(text.as_bytes())
        .map_err(|error| unusable(&format!("{}: {error}", shown(project))))
}

fn lines(project: &Project) -> Result<Vec<Line>, Error> {
    let Some(file) = Project::open_own(&path(project)).map_err(|error| failed(&error))? else {
        return Ok(Vec::new());
    };
    let damaged = |why: &dyn std::fmt::Display| unusable(&format!("{}: {why}", shown(project)));
    let read = BufReader::new(file).lines().map(|line| {
        let line = line.map_err(|error| damaged(&error))?;
        serde_json::from_str(&line).map_err(|error| damaged(&error))
    });
    read.collect()
}

fn last_line(project: &Project) -> Result<Line, Error> {
    let before_the_first = || Line {
        id: 0,
        mac: String::new(),
        at: DateTime::UNIX_EPOCH,
        restored: false,
    };
    Ok(lines(project)?.pop().unwrap_or_else(before_the_first))
}

#[cfg(test)]
mod tests {
    use super::full_thousands;

    #[test]
    fn every_full_thousand_on_the_way_is_anchored() {
        assert_eq!(full_thousands(0, 999), Vec::<i64>::new());
        assert_eq!(full_thousands(0, 1000), Vec::<i64>::new());
        assert_eq!(full_thousands(0, 2001), [1000, 2000]);
        assert_eq!(full_thousands(1000, 3000), [2000]);
        assert_eq!(full_thousands(0, 5_000_000).len(), 1000);
    }
}
