//! The Dango data platform: `auth.db`, `auth.yml`, `project.yml` and the logs of a `.dango` folder.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use chrono::{DateTime, SubsecRound as _, Utc};
use dango_auth_core::api_key::{ApiKey, KeySecret};
use dango_auth_core::id::{UserId, Version};
use dango_auth_core::name::{EmailAddress, KeyName, Username};
use dango_auth_core::password::PasswordHash;
use dango_auth_core::policy::KeyLimit;
use dango_auth_core::token::TokenHash;
use dango_auth_core::totp::TotpSeed;
use dango_auth_core::user::{Invite, PasswordRecord, Standing, User};
use dango_auth_core::workspace::WorkspaceAccess;
use dango_auth_store::foreign::{DangoApiKey, DangoUser, read_dango};

use super::{ImportError, Incoming, IncomingFactor, IncomingPerson, Unfit, audit_history};
use crate::auth::Auth;
use crate::settings::foreign;

/// Reads a `.dango` folder, given itself or as the folder above it.
pub(super) fn read(path: &Path, auth: &Auth) -> Result<Incoming, ImportError> {
    let inner = path.join(".dango");
    let folder = if inner.is_dir() {
        inner
    } else {
        path.to_owned()
    };
    let database = read_dango(&folder.join("auth.db"))?;
    let mut incoming = Incoming {
        switched_off: is_switched_off(&folder),
        ..Incoming::default()
    };
    for user in &database.users {
        match person(user, auth) {
            Ok(person) => incoming.people.push(person),
            Err(reason) => incoming.unfit.push(unfit("user", &user.email, reason)),
        }
    }
    let mut names = HashSet::new();
    for record in &database.api_keys {
        match api_key(record, &mut names) {
            Ok(key) => incoming.keys.push(key),
            Err(reason) => incoming.unfit.push(unfit("API key", &record.name, reason)),
        }
    }
    let history = audit_history::read(&folder.join("logs"));
    incoming.history = history.events;
    incoming.notes = history.notes;
    settings(&folder.join("project.yml"), &mut incoming);
    Ok(incoming)
}

/// The section `auth:` of its configuration file; what does not fit is named and keeps nobody from moving.
fn settings(file: &Path, incoming: &mut Incoming) {
    match foreign::read(file) {
        Ok(foreign) => {
            incoming.settings = foreign.values;
            let refused = foreign.unfit.into_iter();
            incoming
                .unfit
                .extend(refused.map(|(name, reason)| unfit("setting", &name, reason)));
        }
        Err(error) => {
            let text = format!("its settings stay behind: {error}");
            incoming.notes.push(crate::auth::printable(&text));
        }
    }
}

/// SECURITY: only a clear `enabled: false` in a file that can be read whole counts; everything else
/// leaves the doors closed.
fn is_switched_off(folder: &Path) -> bool {
    let text = fs::read_to_string(folder.join("auth.yml")).unwrap_or_default();
    crate::settings::plain_value(&text, "enabled")
        .is_some_and(|value| matches!(value.as_str(), "false" | "False" | "FALSE"))
}

fn unfit(what: &'static str, name: &str, reason: String) -> Unfit {
    Unfit {
        what,
        name: crate::auth::printable(name),
        reason,
    }
}

fn person(record: &DangoUser, auth: &Auth) -> Result<IncomingPerson, String> {
    let id: UserId = record
        .id
        .parse()
        .map_err(|_| "its id is not a UUID".to_owned())?;
    let username = Username::parse(&record.email).map_err(|error| error.to_string())?;
    let email = EmailAddress::parse(&record.email).ok();
    let role = auth
        .parse_role(&record.role)
        .map_err(|error| error.to_string())?;
    let created_at = instant(&record.created_at)?;
    let password = record
        .password_hash
        .as_deref()
        .map(|text| password(text, record))
        .transpose()?;
    let invite = invite(record)?;
    let locked = record
        .locked_until
        .as_deref()
        .and_then(|text| instant(text).ok());
    let user = User {
        id,
        version: Version::NEW,
        username,
        email,
        role,
        access: WorkspaceAccess::Everywhere,
        standing: if record.is_active == 0 {
            Standing::Inactive
        } else {
            Standing::Active
        },
        password,
        invite,
        security_epoch: 0,
        last_login: record.last_login.as_deref().map(instant).transpose()?,
        created_at,
        updated_at: instant(&record.updated_at)?,
    };
    let note = locked.map(|_| "its lock stays behind");
    Ok(IncomingPerson {
        user,
        factor: factor(record)?,
        link: None,
        note,
    })
}

fn password(text: &str, record: &DangoUser) -> Result<PasswordRecord, String> {
    let hash =
        PasswordHash::parse(text).map_err(|_| "its password hash is not bcrypt".to_owned())?;
    let changed_at = record
        .password_changed_at
        .as_deref()
        .unwrap_or(&record.created_at);
    Ok(PasswordRecord {
        hash,
        changed_at: instant(changed_at)?,
        must_change: record.must_change_password != 0,
        expires_at: None,
    })
}

/// An open invite; one that was overtaken by a password dies here.
fn invite(record: &DangoUser) -> Result<Option<Invite>, String> {
    let (Some(hash), Some(end)) = (&record.invite_token_hash, &record.invite_expires_at) else {
        return Ok(None);
    };
    if record.password_hash.is_some() {
        return Ok(None);
    }
    let token_hash =
        TokenHash::from_hex(hash).ok_or_else(|| "its invite cannot be read".to_owned())?;
    Ok(Some(Invite {
        token_hash,
        expires_at: instant(end)?,
    }))
}

fn factor(record: &DangoUser) -> Result<Option<IncomingFactor>, String> {
    let Some(secret) = record
        .totp_secret
        .as_deref()
        .filter(|_| record.totp_enabled != 0)
    else {
        return Ok(None);
    };
    let seed =
        TotpSeed::from_base32(secret).map_err(|_| "its second factor cannot be read".to_owned())?;
    let texts: Vec<String> = match &record.recovery_codes {
        None => Vec::new(),
        Some(json) => serde_json::from_str(json)
            .map_err(|_| "its recovery codes cannot be read".to_owned())?,
    };
    let digest = |text: &String| TokenHash::from_hex(text).map(|hash| *hash.as_bytes());
    let codes = texts.iter().map(digest).collect::<Option<Vec<_>>>();
    let mut codes = codes.ok_or_else(|| "its recovery codes cannot be read".to_owned())?;
    codes.sort_unstable();
    codes.dedup();
    Ok(Some(IncomingFactor { seed, codes }))
}

/// A name that no other live key of the owner has; the platform lets names repeat, here they are unique.
fn key_name(
    record: &DangoApiKey,
    names: &mut HashSet<(String, KeyName)>,
) -> Result<KeyName, String> {
    let given = record.name.trim();
    let base = if given.is_empty() { "unnamed" } else { given };
    let mut name = KeyName::parse(base).map_err(|error| error.to_string())?;
    let mut number = 1;
    while !names.insert((record.user_id.clone(), name.clone())) {
        number += 1;
        let text = format!("{base} ({number})");
        name = KeyName::parse(&text).map_err(|error| error.to_string())?;
    }
    Ok(name)
}

fn api_key(record: &DangoApiKey, names: &mut HashSet<(String, KeyName)>) -> Result<ApiKey, String> {
    if record.is_active == 0 {
        return Err("it was revoked".to_owned());
    }
    let expires_at = record.expires_at.as_deref().map(instant).transpose()?;
    let digest = TokenHash::from_hex(&record.key_hash)
        .ok_or_else(|| "its hash cannot be read".to_owned())?;
    let created_at = instant(&record.created_at)?;
    Ok(ApiKey {
        id: record
            .id
            .parse()
            .map_err(|_| "its id is not a UUID".to_owned())?,
        version: Version::NEW,
        owner: record
            .user_id
            .parse()
            .map_err(|_| "its owner's id is not a UUID".to_owned())?,
        name: key_name(record, names)?,
        description: String::new(),
        secret: KeySecret::Digest(digest),
        prefix: crate::auth::printable(&record.key_prefix),
        limit: KeyLimit::default(),
        created_at,
        updated_at: created_at,
        created_by: None,
        expires_at,
        last_used_at: record.last_used_at.as_deref().map(instant).transpose()?,
        revoked_at: None,
    })
}

/// ISO 8601 text as Python writes it; without a zone it is UTC.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc));
    let naive = || {
        chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|at| at.and_utc())
    };
    zoned
        .or_else(|_| naive())
        .map(|at| at.trunc_subsecs(6))
        .map_err(|_| format!("{} is not an instant", crate::auth::printable(text)))
}
