//! People and workspaces of another installation of this very program, as `dango auth export` prints them.
//!
//! An export holds no secret, so nobody arrives with a password. Whoever is active arrives invited, by a fresh
//! link; whoever is not arrives inactive, without a way in until somebody gives them one.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use dango_auth_core::id::{UserId, Version};
use dango_auth_core::name::{EmailAddress, LoginName, Username, WorkspaceName};
use dango_auth_core::user::{Invite, Standing, User};
use dango_auth_core::workspace::WorkspaceAccess;
use dango_auth_store::ports::UserReads as _;
use serde::Deserialize;

use super::{ImportError, Incoming, IncomingPerson, Unfit};
use crate::auth::{Auth, printable};
use crate::error::Error;
use crate::users::AccessRequest;
use crate::view::AccessObject;

/// The longest file that is read, in bytes.
const FILE_MAX: u64 = 256 << 20;

/// A whole export; what it holds besides is not taken over.
#[derive(Deserialize)]
struct Exported {
    users: Vec<Record>,
    #[serde(default)]
    workspaces: Vec<Workspace>,
}

/// A person; only the name has to be there.
#[derive(Deserialize)]
struct Record {
    id: Option<UserId>,
    username: String,
    email: Option<String>,
    role: Option<String>,
    status: Option<String>,
    #[serde(default)]
    totp_enabled: bool,
    workspace_access: Option<AccessObject>,
    last_login: Option<DateTime<Utc>>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Workspace {
    name: String,
    #[serde(default)]
    description: String,
}

/// A line of comma-separated values; an empty field is an absent one.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Option<UserId>,
    username: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    totp_enabled: Option<bool>,
    workspace_access: Option<String>,
    #[serde(default)]
    last_login: Option<DateTime<Utc>>,
    #[serde(default)]
    created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    updated_at: Option<DateTime<Utc>>,
}

/// Reads the JSON form.
pub(super) fn read_json(path: &Path, auth: &Auth) -> Result<Incoming, ImportError> {
    let exported: Exported =
        serde_json::from_slice(&bytes(path)?).map_err(|error| unreadable(path, &error))?;
    let mut incoming = people(exported.users, auth)?;
    for workspace in exported.workspaces {
        match WorkspaceName::parse(&workspace.name) {
            Ok(name) => incoming.workspaces.push((name, workspace.description)),
            Err(error) => incoming.unfit.push(Unfit {
                what: "workspace",
                name: printable(&workspace.name),
                reason: error.to_string(),
            }),
        }
    }
    Ok(incoming)
}

/// Reads the comma-separated form, which has people alone.
pub(super) fn read_csv(path: &Path, auth: &Auth) -> Result<Incoming, ImportError> {
    let bytes = bytes(path)?;
    let lines = csv::Reader::from_reader(bytes.as_slice()).into_deserialize::<Line>();
    let records: Result<Vec<_>, _> = lines.map(|line| line.map(Record::from)).collect();
    people(records.map_err(|error| unreadable(path, &error))?, auth)
}

impl From<Line> for Record {
    fn from(line: Line) -> Self {
        Self {
            id: line.id,
            username: line.username,
            email: line.email,
            role: line.role,
            status: line.status,
            totp_enabled: line.totp_enabled.unwrap_or_default(),
            workspace_access: Some(access_of(line.workspace_access.as_deref())),
            last_login: line.last_login,
            created_at: line.created_at,
            updated_at: line.updated_at,
        }
    }
}

/// `all`, or pairs such as `sales:editor hr:viewer`; nothing is no access.
fn access_of(text: Option<&str>) -> AccessObject {
    let text = text.unwrap_or_default().trim();
    let grant = |pair: &str| {
        let (workspace, role) = pair.split_once(':').unwrap_or((pair, ""));
        crate::view::GrantObject {
            workspace: workspace.to_owned(),
            role: role.to_owned(),
        }
    };
    let all = text == "all";
    AccessObject {
        all,
        grants: (!all).then(|| text.split_whitespace().map(grant).collect()),
    }
}

fn people(records: Vec<Record>, auth: &Auth) -> Result<Incoming, ImportError> {
    let mut incoming = Incoming::default();
    for record in records {
        let name = printable(&record.username);
        match person(record, auth) {
            Ok(person) => incoming.people.push(person),
            Err(Error::Store(error)) => return Err(error.into()),
            Err(error) => incoming.unfit.push(Unfit {
                what: "user",
                name,
                reason: error.to_string(),
            }),
        }
    }
    Ok(incoming)
}

fn person(record: Record, auth: &Auth) -> Result<IncomingPerson, Error> {
    let username =
        Username::parse(&record.username).map_err(|error| Error::name("username", &error))?;
    let role = auth.parse_role(record.role.as_deref().unwrap_or("viewer"))?;
    let access = match &record.workspace_access {
        None => WorkspaceAccess::Everywhere,
        // Nobody can ask for no access at all, but somebody may have been left without.
        Some(access) if !access.all && access.grants().is_empty() => {
            WorkspaceAccess::from_stored(false, Vec::new())
        }
        Some(access) => auth.parse_access(&request(access), &role)?,
    };
    let active = record.status.as_deref() != Some("inactive");
    let issued = active.then(|| auth.issue_invite(None)).transpose()?;
    let now = auth.now();
    let user = User {
        id: id(&record, auth)?,
        version: Version::NEW,
        email: record
            .email
            .and_then(|email| EmailAddress::parse(&email).ok()),
        username,
        role,
        access,
        standing: if active {
            Standing::Active
        } else {
            Standing::Inactive
        },
        password: None,
        invite: issued.as_ref().map(|issued| Invite {
            token_hash: issued.token.hash(),
            expires_at: issued.expires_at,
        }),
        security_epoch: 0,
        last_login: record.last_login,
        created_at: record.created_at.unwrap_or(now),
        updated_at: record.updated_at.unwrap_or(now),
    };
    Ok(IncomingPerson {
        user,
        factor: None,
        link: issued.map(|issued| issued.url),
        note: record.totp_enabled.then_some("second factor stays behind"),
    })
}

/// The person's id; who comes without one is whoever has the name here already.
fn id(record: &Record, auth: &Auth) -> Result<UserId, Error> {
    if let Some(id) = record.id {
        return Ok(id);
    }
    let name =
        LoginName::parse(&record.username).map_err(|error| Error::name("username", &error))?;
    let here = auth.inner.store.read(|tx| tx.user_by_login(&name))?;
    match here {
        Some(user) => Ok(user.id),
        None => Ok(UserId::from_uuid(auth.inner.ambient.uuid()?)),
    }
}

fn request(access: &AccessObject) -> AccessRequest {
    let grants = access.grants().iter();
    AccessRequest {
        all: access.all,
        grants: grants
            .map(|grant| (grant.workspace.clone(), grant.role.clone()))
            .collect(),
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, ImportError> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    file.take(FILE_MAX)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &impl ToString) -> ImportError {
    ImportError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}
