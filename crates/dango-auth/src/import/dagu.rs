//! The Dagu workflow engine: one JSON file for each user and API key.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound as _, Utc};
use dango_auth_core::api_key::{ApiKey, KeySecret};
use dango_auth_core::id::{UserId, Version};
use dango_auth_core::name::{KeyName, RoleName, Username};
use dango_auth_core::password::PasswordHash;
use dango_auth_core::policy::KeyLimit;
use dango_auth_core::token::TokenHash;
use dango_auth_core::user::{PasswordRecord, Standing, User};
use dango_auth_core::workspace::WorkspaceAccess;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{ImportError, Incoming, IncomingPerson, Unfit};
use crate::auth::Auth;
use crate::users::AccessRequest;

/// Largest record that is read, in bytes.
const RECORD_MAX: u64 = 1024 * 1024;

/// What stands before the digest of a key that has one.
const DIGEST_PREFIX: &str = "sha256:v1:";

#[derive(Deserialize)]
struct UserRecord {
    id: String,
    username: String,
    #[serde(default)]
    password_hash: String,
    role: String,
    workspace_access: Option<AccessRecord>,
    #[serde(default)]
    is_disabled: bool,
    auth_provider: Option<String>,
    password_changed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct AccessRecord {
    #[serde(default)]
    all: bool,
    #[serde(default)]
    grants: Vec<GrantRecord>,
}

#[derive(Deserialize)]
struct GrantRecord {
    workspace: String,
    role: String,
}

#[derive(Deserialize)]
struct KeyRecord {
    id: String,
    name: String,
    #[serde(default)]
    description: String,
    role: String,
    workspace_access: Option<AccessRecord>,
    owner_user_id: Option<String>,
    key_hash: String,
    key_digest: Option<String>,
    #[serde(default)]
    key_prefix: String,
    created_by: Option<String>,
    last_used_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Reads a data folder with `users` and `apikeys`.
pub(super) fn read(path: &Path, auth: &Auth) -> Result<Incoming, ImportError> {
    let files = record_files(&path.join("users"))?;
    if files.is_empty() {
        return Err(ImportError::Missing {
            path: path.join("users").display().to_string(),
            reason: "there is no user record here; give the folder that holds `users`",
        });
    }
    let mut incoming = Incoming::default();
    for file in &files {
        let taken = record(file).and_then(|record: UserRecord| {
            person(&record, auth).map_err(|reason| (record.username, reason))
        });
        match taken {
            Ok(person) => incoming.people.push(person),
            Err((name, reason)) => incoming.unfit.push(unfit("user", &name, reason)),
        }
    }
    let mut people = incoming.people.iter().map(|person| &person.user);
    let admin = people.find(|user| user.is_usable_admin(auth.now()));
    let admin = admin.map(|user| user.id);
    for file in record_files(&path.join("apikeys"))? {
        let taken = record(&file).and_then(|record: KeyRecord| {
            api_key(&record, admin, auth).map_err(|reason| (record.name, reason))
        });
        match taken {
            Ok(key) => incoming.keys.push(key),
            Err((name, reason)) => incoming.unfit.push(unfit("API key", &name, reason)),
        }
    }
    Ok(incoming)
}

fn unfit(what: &'static str, name: &str, reason: String) -> Unfit {
    Unfit {
        what,
        name: crate::auth::printable(name),
        reason,
    }
}

/// The record files of a folder by name; a missing folder holds none.
fn record_files(folder: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let failed = |error: &std::io::Error| ImportError::File {
        path: folder.display().to_string(),
        reason: error.to_string(),
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(&error)),
    };
    let entries = entries.collect::<Result<Vec<_>, _>>();
    let entries = entries.map_err(|error| failed(&error))?;
    let paths = entries.iter().map(fs::DirEntry::path);
    let is_record = |path: &PathBuf| path.extension().is_some_and(|end| end == "json");
    let mut paths: Vec<PathBuf> = paths.filter(is_record).collect();
    paths.sort();
    Ok(paths)
}

/// Reads one record; what cannot be read is named by its file.
fn record<T: DeserializeOwned>(path: &Path) -> Result<T, (String, String)> {
    let failed = |reason: String| {
        let name = path.file_name().unwrap_or_default();
        (name.to_string_lossy().into_owned(), reason)
    };
    let found = fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if !found.is_file() || found.len() > RECORD_MAX {
        return Err(failed("it is not a file of a record's size".to_owned()));
    }
    let bytes = fs::read(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(format!("it is not a record: {error}")))
}

fn person(record: &UserRecord, auth: &Auth) -> Result<IncomingPerson, String> {
    if record
        .auth_provider
        .as_deref()
        .is_some_and(|provider| !matches!(provider, "" | "builtin"))
    {
        return Err("it signs in through another provider".to_owned());
    }
    let id: UserId = record
        .id
        .parse()
        .map_err(|_| "its id is not a UUID".to_owned())?;
    let username = Username::parse(&record.username).map_err(|error| error.to_string())?;
    let hash = PasswordHash::parse(&record.password_hash)
        .map_err(|_| "its password hash is not bcrypt".to_owned())?;
    let role = auth
        .parse_role(&record.role)
        .map_err(|error| error.to_string())?;
    let created_at = record.created_at.trunc_subsecs(6);
    let changed_at = record
        .password_changed_at
        .unwrap_or(created_at)
        .trunc_subsecs(6);
    let user = User {
        id,
        version: Version::NEW,
        email: username.to_email(),
        username,
        access: access(record.workspace_access.as_ref(), &role, auth)?,
        role,
        standing: if record.is_disabled {
            Standing::Inactive
        } else {
            Standing::Active
        },
        password: Some(PasswordRecord {
            hash,
            changed_at,
            must_change: false,
            expires_at: None,
        }),
        invite: None,
        security_epoch: 0,
        last_login: None,
        created_at,
        updated_at: record.updated_at.trunc_subsecs(6),
    };
    Ok(IncomingPerson {
        user,
        factor: None,
        link: None,
        note: None,
    })
}

/// Absent access is everywhere there; scoped access without grants means none, here as there.
fn access(
    record: Option<&AccessRecord>,
    role: &RoleName,
    auth: &Auth,
) -> Result<WorkspaceAccess, String> {
    let Some(record) = record else {
        return Ok(WorkspaceAccess::Everywhere);
    };
    if !record.all && record.grants.is_empty() {
        return Ok(WorkspaceAccess::nowhere());
    }
    let grants = if record.all { &[][..] } else { &record.grants };
    let pair = |grant: &GrantRecord| (grant.workspace.trim().to_owned(), grant.role.clone());
    let request = AccessRequest {
        all: record.all,
        grants: grants.iter().map(pair).collect(),
    };
    auth.parse_access(&request, role)
        .map_err(|error| error.to_string())
}

fn api_key(record: &KeyRecord, admin: Option<UserId>, auth: &Auth) -> Result<ApiKey, String> {
    let named = record
        .owner_user_id
        .as_deref()
        .or(record.created_by.as_deref());
    let owner = named.and_then(|id| id.parse().ok()).or(admin);
    let owner = owner.ok_or_else(|| "nobody here could own it".to_owned())?;
    let role = auth
        .parse_role(&record.role)
        .map_err(|error| error.to_string())?;
    let access = access(record.workspace_access.as_ref(), &role, auth)?;
    Ok(ApiKey {
        id: record
            .id
            .parse()
            .map_err(|_| "its id is not a UUID".to_owned())?,
        version: Version::NEW,
        owner,
        name: KeyName::parse(&record.name).map_err(|error| error.to_string())?,
        description: description(&record.description)?,
        secret: secret(record)?,
        prefix: crate::auth::printable(&record.key_prefix),
        limit: KeyLimit::from_access(role, &access),
        created_at: record.created_at.trunc_subsecs(6),
        updated_at: record.updated_at.trunc_subsecs(6),
        created_by: record.created_by.as_deref().and_then(|id| id.parse().ok()),
        expires_at: None,
        last_used_at: record.last_used_at.map(|at| at.trunc_subsecs(6)),
        revoked_at: None,
    })
}

fn description(text: &str) -> Result<String, String> {
    crate::api_keys::check_description(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

fn secret(record: &KeyRecord) -> Result<KeySecret, String> {
    if let Some(text) = &record.key_digest {
        let digest = text
            .strip_prefix(DIGEST_PREFIX)
            .and_then(TokenHash::from_hex);
        return digest
            .map(KeySecret::Digest)
            .ok_or_else(|| "its digest cannot be read".to_owned());
    }
    PasswordHash::parse(&record.key_hash)
        .map(KeySecret::Bcrypt)
        .map_err(|_| "its hash is not bcrypt".to_owned())
}
