//! The Dagu workflow engine: one JSON file for each user and API key.

use std::fs;
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
    let users = records::<UserRecord>(&path.join("users"))?;
    if users.is_empty() {
        return Err(ImportError::File {
            path: path.join("users").display().to_string(),
            reason: "there is no user record here; give the folder that holds `users`".to_owned(),
        });
    }
    let mut incoming = Incoming::default();
    for record in &users {
        match person(record, auth) {
            Ok(person) => incoming.people.push(person),
            Err(reason) => incoming.unfit.push(unfit("user", &record.username, reason)),
        }
    }
    let admin = incoming
        .people
        .iter()
        .find(|person| person.user.is_usable_admin(auth.now()));
    let admin = admin.map(|person| person.user.id);
    for record in records::<KeyRecord>(&path.join("apikeys"))? {
        match api_key(&record, admin, auth) {
            Ok(key) => incoming.keys.push(key),
            Err(reason) => incoming.unfit.push(unfit("API key", &record.name, reason)),
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

/// All records of a folder, by file name; a missing folder holds none.
fn records<T: DeserializeOwned>(folder: &Path) -> Result<Vec<T>, ImportError> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let json = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(json)
        .collect();
    paths.sort();
    paths.iter().map(|path| record(path)).collect()
}

fn record<T: DeserializeOwned>(path: &Path) -> Result<T, ImportError> {
    let failed = |reason: String| ImportError::File {
        path: path.display().to_string(),
        reason,
    };
    let size = fs::metadata(path)
        .map_err(|error| failed(error.to_string()))?
        .len();
    if size > RECORD_MAX {
        return Err(failed("it is too large to be a record".to_owned()));
    }
    let bytes = fs::read(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
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
    let role = role(&record.role)?;
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
        note: None,
    })
}

fn role(text: &str) -> Result<RoleName, String> {
    RoleName::parse(text).map_err(|error| error.to_string())
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
    let role = role(&record.role)?;
    let access = access(record.workspace_access.as_ref(), &role, auth)?;
    Ok(ApiKey {
        id: record
            .id
            .parse()
            .map_err(|_| "its id is not a UUID".to_owned())?,
        version: Version::NEW,
        owner,
        name: KeyName::parse(&record.name).map_err(|error| error.to_string())?,
        description: record.description.clone(),
        secret: secret(record)?,
        prefix: record.key_prefix.clone(),
        limit: KeyLimit::from_access(role, &access),
        created_at: record.created_at.trunc_subsecs(6),
        updated_at: record.updated_at.trunc_subsecs(6),
        created_by: record.created_by.as_deref().and_then(|id| id.parse().ok()),
        expires_at: None,
        last_used_at: record.last_used_at.map(|at| at.trunc_subsecs(6)),
        revoked_at: None,
    })
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
