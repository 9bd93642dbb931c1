//! What would happen, row by row.

use dango_auth_core::name::{EmailAddress, LoginName};
use dango_auth_store::ReadTx;
use dango_auth_store::ports::{
    ApiKeyReads as _, AuditReads as _, InstallationReads as _, UserReads as _,
};

use dango_auth_core::api_key::{ApiKey, KeySecret};
use dango_auth_core::audit::EventName;

use super::{Incoming, IncomingPerson, Origin};
use crate::error::Error;

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
    /// `user`, `API key`, `event`, `setting`.
    pub what: &'static str,
    /// Which one.
    pub name: String,
    /// Its role, status or owner, in words.
    pub about: String,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// What would happen.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where it comes from.
    pub origin: Origin,
    /// Row by row: people, then keys, then what has no place.
    pub rows: Vec<PlannedRow>,
    /// How many events of the other system's history are taken over.
    pub events: usize,
    /// Whether sign-in is switched off there, and so here from then on.
    pub switches_off: bool,
    /// What to know besides.
    pub notes: Vec<String>,
    pub(super) incoming: Incoming,
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

    pub(super) fn make(
        tx: &mut ReadTx<'_>,
        origin: Origin,
        incoming: Incoming,
    ) -> Result<Self, Error> {
        let mut rows = Vec::new();
        for person in &incoming.people {
            rows.push(PlannedRow {
                what: "user",
                name: person.user.username.to_string(),
                about: about(person),
                verdict: judge_person(tx, person)?,
            });
        }
        for key in &incoming.keys {
            rows.push(PlannedRow {
                what: "API key",
                name: key.name.to_string(),
                about: format!("{}…", key.prefix),
                verdict: judge_key(tx, key)?,
            });
        }
        rows.extend(incoming.unfit.iter().map(|unfit| PlannedRow {
            what: unfit.what,
            name: unfit.name.clone(),
            about: String::new(),
            verdict: Verdict::Skip(unfit.reason.clone()),
        }));
        let before = tx.event_name_exists(&EventName::USERS_IMPORTED)?;
        let switches_off = incoming.switched_off && !tx.installation()?.auth_disabled;
        Ok(Self {
            origin,
            rows,
            events: if before { 0 } else { incoming.history.len() },
            switches_off,
            notes: incoming.notes.clone(),
            incoming,
        })
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

pub(super) fn judge_person(tx: &mut ReadTx<'_>, person: &IncomingPerson) -> Result<Verdict, Error> {
    let user = &person.user;
    if tx.user(user.id)?.is_some() {
        return Ok(Verdict::Already);
    }
    let email = user.email.as_ref().map(EmailAddress::as_str);
    for name in std::iter::once(user.username.as_str()).chain(email) {
        let login = LoginName::parse(name).map_err(|error| Error::name("username", &error))?;
        if tx.user_by_login(&login)?.is_some() {
            return Ok(Verdict::Conflict(format!(
                "somebody else here is called {name}"
            )));
        }
    }
    Ok(Verdict::Add)
}

pub(super) fn judge_key(tx: &mut ReadTx<'_>, key: &ApiKey) -> Result<Verdict, Error> {
    if tx.api_key(key.id)?.is_some() {
        return Ok(Verdict::Already);
    }
    if let KeySecret::Digest(digest) = &key.secret
        && let Some(row) = tx.api_key_by_digest(digest)?
    {
        return Ok(match row.key.revoked_at {
            Some(_) => Verdict::Skip("it was revoked here".to_owned()),
            None => Verdict::Already,
        });
    }
    Ok(Verdict::Add)
}
