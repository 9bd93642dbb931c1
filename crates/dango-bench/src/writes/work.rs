//! What one writer does again and again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use dango_auth::api_keys::{CreateKey, Expiry, LimitRequest};
use dango_auth::core::id::UserId;
use dango_auth::core::name::{EmailAddress, KeyName, Username};
use dango_auth::core::role;
use dango_auth::users::{CreateUser, FirstCredential, Revision};

use crate::Failure;
use crate::generate;
use crate::installation::Installation;
use crate::raw::Raw;

/// People of one writer; another writer has others.
const PEOPLE: usize = 100;

/// The kinds of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Another role for somebody.
    Role,
    /// Somebody new, invited.
    Invite,
    /// An API key for somebody.
    Key,
    /// One row and nothing else.
    Bare,
}

impl Kind {
    /// What it is called.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Role => "role change",
            Self::Invite => "invite",
            Self::Key => "key creation",
            Self::Bare => "one-row commit",
        }
    }
}

/// A writer.
pub(crate) struct Work {
    kind: Kind,
    folder: PathBuf,
    database_url: Option<String>,
    to: To,
    /// Its first person; counts on.
    writer: usize,
    done: usize,
}

enum To {
    Installation(Arc<Installation>),
    Bare(Raw),
}

impl Work {
    /// The writer with this number, on a folder and perhaps a server's database.
    pub(crate) fn new(
        kind: Kind,
        folder: &Path,
        database_url: Option<&str>,
        writer: usize,
    ) -> Result<Self, Failure> {
        let to = if kind == Kind::Bare {
            To::Bare(Raw::notes(folder, database_url)?)
        } else {
            To::Installation(Arc::new(Installation::open(folder, database_url)?))
        };
        Self::on(kind, folder, database_url, writer, to)
    }

    /// Another writer of the same process.
    pub(super) fn beside(&self, writer: usize) -> Result<Self, Failure> {
        let to = match &self.to {
            To::Installation(at) => To::Installation(Arc::clone(at)),
            To::Bare(_) => To::Bare(Raw::notes(&self.folder, self.database_url.as_deref())?),
        };
        Self::on(
            self.kind,
            &self.folder,
            self.database_url.as_deref(),
            writer,
            to,
        )
    }

    fn on(
        kind: Kind,
        folder: &Path,
        database_url: Option<&str>,
        writer: usize,
        to: To,
    ) -> Result<Self, Failure> {
        if let (Kind::Role | Kind::Key, To::Installation(at)) = (kind, &to) {
            let first = people(kind, writer);
            generate::people(&at.store, first..first + PEOPLE)?;
        }
        Ok(Self {
            kind,
            folder: folder.to_owned(),
            database_url: database_url.map(str::to_owned),
            to,
            writer,
            done: 0,
        })
    }

    /// Does it once more.
    pub(crate) fn once(&mut self) -> Result<(), Failure> {
        self.done += 1;
        let person = people(self.kind, self.writer) + self.done % PEOPLE;
        let person = UserId::from_random(generate::id(person));
        match &mut self.to {
            To::Bare(raw) => raw.note(),
            To::Installation(at) => match self.kind {
                Kind::Role => change_role(at, person, self.done / PEOPLE),
                Kind::Key => create_key(at, person, self.done),
                Kind::Invite | Kind::Bare => invite(at, self.writer, self.done),
            },
        }
    }
}

/// The number of a writer's first person.
const fn people(kind: Kind, writer: usize) -> usize {
    (kind as usize * 1_000 + writer) * PEOPLE
}

fn change_role(at: &Installation, person: UserId, round: usize) -> Result<(), Failure> {
    let even = round.is_multiple_of(2);
    let wanted = if even { role::MANAGER } else { role::OPERATOR };
    let revision = Revision {
        role: Some(wanted),
        ..Revision::default()
    };
    at.auth
        .users()
        .revise(&at.caller, person, &revision, None)?;
    Ok(())
}

fn create_key(at: &Installation, owner: UserId, number: usize) -> Result<(), Failure> {
    let request = CreateKey {
        name: KeyName::parse(&format!("key-{number}"))?,
        description: String::new(),
        limit: LimitRequest::Owner,
        expiry: Expiry::Never,
    };
    at.auth.api_keys().create_for(&at.caller, owner, &request)?;
    Ok(())
}

fn invite(at: &Installation, writer: usize, number: usize) -> Result<(), Failure> {
    let login = format!("invited.{writer}.{number}@example.org");
    let request = CreateUser {
        username: Username::parse(&login)?,
        email: Some(EmailAddress::parse(&login)?),
        role: role::VIEWER,
        access: None,
        first: FirstCredential::Invite {
            base_url: Some("https://example.org".to_owned()),
        },
    };
    at.auth.users().create(&at.caller, request)?;
    Ok(())
}
