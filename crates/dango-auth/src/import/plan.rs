//! What would happen, row by row.

use dango_auth_core::api_key::ApiKey;
use dango_auth_core::audit::Event;
use dango_auth_core::name::WorkspaceName;
use dango_auth_store::ReadTx;
use dango_auth_store::ports::InstallationReads as _;
use serde_json::Value;

use super::judge::{self, Judge};
use super::{Incoming, IncomingPerson, Origin, audit_history};
use crate::error::Error;
use crate::settings::{Key, Settings, display};

/// What becomes of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken over.
    Add,
    /// It was taken over before.
    Already,
    /// Somebody or something else here holds the name.
    Conflict(String),
    /// It has no place here.
    Skip(String),
}

impl Verdict {
    /// The word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Already => "already here",
            Self::Conflict(_) => "conflict",
            Self::Skip(_) => "skip",
        }
    }

    /// Why, where there is something to say.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Conflict(reason) | Self::Skip(reason) => Some(reason),
            Self::Add | Self::Already => None,
        }
    }
}

/// One row of a plan.
#[derive(Clone, Debug)]
pub struct PlannedRow {
    /// `user`, `API key`, `workspace`, `setting`.
    pub what: &'static str,
    /// Which one.
    pub name: String,
    /// Its role, status or owner, in words.
    pub about: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The link of an invite that is made with it; to be shown once, when it is done.
    ///
    /// SECURITY: whoever has it can set the person's first password.
    pub link: Option<String>,
}

/// What would happen.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where it comes from.
    pub origin: Origin,
    /// Row by row: people, then keys, workspaces, settings, then what has no place.
    pub rows: Vec<PlannedRow>,
    /// How many events of the other system's history are taken over.
    pub events: usize,
    /// Whether sign-in is switched off there, and so here from then on.
    pub switches_off: bool,
    /// What to know besides.
    pub notes: Vec<String>,
    pub(super) incoming: Incoming,
    /// The part of the history that is not here yet.
    pub(super) history: Vec<Event>,
}

impl Plan {
    /// How many rows have a verdict like this one.
    pub fn count(&self, word: &str) -> usize {
        self.rows
            .iter()
            .filter(|row| row.verdict.as_str() == word)
            .count()
    }

    /// Tells whether something here stands in the way.
    pub fn has_conflicts(&self) -> bool {
        self.rows
            .iter()
            .any(|row| matches!(row.verdict, Verdict::Conflict(_)))
    }

    /// The refusal that names everything that stands in the way, if anything does.
    ///
    /// # Errors
    /// Code `import_conflict`.
    pub fn refuse_conflicts(&self) -> Result<(), Error> {
        let conflict = |row: &PlannedRow| match &row.verdict {
            Verdict::Conflict(reason) => Some(format!("{} {}: {reason}", row.what, row.name)),
            _ => None,
        };
        let names: Vec<String> = self.rows.iter().filter_map(conflict).collect();
        if names.is_empty() {
            return Ok(());
        }
        Err(Error::Rule {
            code: "import_conflict",
            message: format!("nothing was taken over, because of {}", names.join("; ")),
        })
    }

    pub(super) fn make(
        tx: &mut ReadTx<'_>,
        origin: Origin,
        incoming: Incoming,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let mut judge = Judge::new(tx)?;
        let mut rows = Vec::new();
        for person in &incoming.people {
            rows.push(PlannedRow {
                what: "user",
                name: person.user.username.to_string(),
                about: about(person),
                verdict: judge.person(tx, person)?,
                link: person.link.clone(),
            });
        }
        for key in &incoming.keys {
            rows.push(PlannedRow {
                what: "API key",
                name: key.name.to_string(),
                about: format!("{}…", crate::auth::printable(&key.prefix)),
                verdict: judge.key(tx, key)?,
                link: None,
            });
        }
        for (name, description) in &incoming.workspaces {
            rows.push(PlannedRow {
                what: "workspace",
                name: name.to_string(),
                about: crate::auth::printable(description),
                verdict: judge.workspace(tx, name)?,
                link: None,
            });
        }
        rows.extend(incoming.settings.iter().map(|(key, value)| PlannedRow {
            what: "setting",
            name: key.name().to_owned(),
            about: display(value),
            verdict: judge::setting(settings, key, value),
            link: None,
        }));
        rows.extend(incoming.unfit.iter().map(|unfit| PlannedRow {
            what: unfit.what,
            name: unfit.name.clone(),
            about: String::new(),
            verdict: Verdict::Skip(unfit.reason.clone()),
            link: None,
        }));
        let history = audit_history::unseen(tx, &incoming.history)?;
        let switches_off = incoming.switched_off && !tx.installation()?.auth_disabled;
        Ok(Self {
            origin,
            rows,
            events: history.len(),
            switches_off,
            notes: incoming.notes.clone(),
            history,
            incoming,
        })
    }

    /// The people to take over.
    pub(super) fn people(&self) -> impl Iterator<Item = &IncomingPerson> {
        let rows = self.incoming.people.iter().zip(&self.rows);
        rows.filter(|(_, row)| row.verdict == Verdict::Add)
            .map(|(person, _)| person)
    }

    /// The keys to take over.
    pub(super) fn keys(&self) -> impl Iterator<Item = &ApiKey> {
        let rows = self.rows.iter().skip(self.incoming.people.len());
        let keys = self.incoming.keys.iter().zip(rows);
        keys.filter(|(_, row)| row.verdict == Verdict::Add)
            .map(|(key, _)| key)
    }

    /// The workspaces to make.
    pub(super) fn workspaces(&self) -> impl Iterator<Item = &(WorkspaceName, String)> {
        let before = self.incoming.people.len() + self.incoming.keys.len();
        let rows = self.rows.iter().skip(before);
        let workspaces = self.incoming.workspaces.iter().zip(rows);
        workspaces
            .filter(|(_, row)| row.verdict == Verdict::Add)
            .map(|(workspace, _)| workspace)
    }

    /// The settings to set.
    pub(super) fn settings(&self) -> impl Iterator<Item = &(&'static Key, Value)> {
        let before =
            self.incoming.people.len() + self.incoming.keys.len() + self.incoming.workspaces.len();
        let rows = self.rows.iter().skip(before);
        let settings = self.incoming.settings.iter().zip(rows);
        settings
            .filter(|(_, row)| row.verdict == Verdict::Add)
            .map(|(setting, _)| setting)
    }
}

fn about(person: &IncomingPerson) -> String {
    let user = &person.user;
    let mut words = vec![user.role.to_string()];
    if !user.is_active() {
        words.push("inactive".to_owned());
    }
    if user.invite.is_some() {
        words.push("invited".to_owned());
    }
    if person.factor.is_some() {
        words.push("second factor".to_owned());
    }
    words.extend(person.note.map(str::to_owned));
    words.join(", ")
}
