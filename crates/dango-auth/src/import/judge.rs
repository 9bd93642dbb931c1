//! What becomes of each person and each key, one after the other.

use std::collections::HashSet;

use dango_auth_core::api_key::{ApiKey, KeySecret};
use dango_auth_core::audit::EventName;
use dango_auth_core::id::{ApiKeyId, UserId};
use dango_auth_core::name::{EmailAddress, KeyName, LoginName, WorkspaceName};
use dango_auth_core::token::TokenHash;
use dango_auth_store::ReadTx;
use dango_auth_store::ports::{
    ApiKeyReads as _, AuditFilter, AuditReads as _, UserReads as _, WorkspaceReads as _,
};
use serde_json::Value;

use super::audit_history::is_imported;
use super::{IncomingPerson, Verdict};
use crate::error::Error;
use crate::settings::{Key, Origin, Settings};

/// Most keys of one person that are compared by name.
const KEYS_COMPARED: u32 = 1000;

/// How many events are read at a time.
const EVENTS: u32 = 1000;

/// What was promised so far, so that two of the newcomers do not get in each other's way.
#[derive(Default)]
pub(super) struct Judge {
    /// Ids of the people who were deleted here, as far as the audit log goes back.
    deleted: HashSet<String>,
    people: HashSet<UserId>,
    names: HashSet<String>,
    keys: HashSet<ApiKeyId>,
    digests: HashSet<TokenHash>,
    key_names: HashSet<(UserId, KeyName)>,
    workspaces: HashSet<WorkspaceName>,
}

impl Judge {
    pub(super) fn new(tx: &mut ReadTx<'_>) -> Result<Self, Error> {
        Ok(Self {
            deleted: deleted(tx)?,
            ..Self::default()
        })
    }

    pub(super) fn person(
        &mut self,
        tx: &mut ReadTx<'_>,
        person: &IncomingPerson,
    ) -> Result<Verdict, Error> {
        let user = &person.user;
        if self.people.contains(&user.id) {
            return Ok(Verdict::Skip("somebody before has the same id".to_owned()));
        }
        if tx.user(user.id)?.is_some() {
            return Ok(Verdict::Already);
        }
        // SECURITY: who was taken over and then deleted here stays away, however often they come again.
        if self.deleted.contains(&user.id.to_string()) {
            return Ok(Verdict::Skip("deleted here".to_owned()));
        }
        let email = user.email.as_ref().map(EmailAddress::as_str);
        let names = || std::iter::once(user.username.as_str()).chain(email);
        for name in names() {
            if self.names.contains(name) {
                let reason = format!("somebody before is called {name} too");
                return Ok(Verdict::Skip(reason));
            }
            let login = LoginName::parse(name).map_err(|error| Error::name("username", &error))?;
            if tx.user_by_login(&login)?.is_some() {
                let reason = format!("somebody else here is called {name}");
                return Ok(Verdict::Conflict(reason));
            }
        }
        self.names.extend(names().map(str::to_owned));
        self.people.insert(user.id);
        Ok(Verdict::Add)
    }

    pub(super) fn workspace(
        &mut self,
        tx: &mut ReadTx<'_>,
        name: &WorkspaceName,
    ) -> Result<Verdict, Error> {
        if tx.workspace_by_name(name)?.is_some() {
            return Ok(Verdict::Already);
        }
        if self.workspaces.insert(name.clone()) {
            Ok(Verdict::Add)
        } else {
            Ok(Verdict::Skip("it is there twice".to_owned()))
        }
    }

    pub(super) fn key(&mut self, tx: &mut ReadTx<'_>, key: &ApiKey) -> Result<Verdict, Error> {
        if let Some(verdict) = before(tx, key)? {
            return Ok(verdict);
        }
        let owner_is_here = tx.user(key.owner)?.is_some();
        if !owner_is_here && !self.people.contains(&key.owner) {
            return Ok(Verdict::Skip("its owner is not taken over".to_owned()));
        }
        if owner_is_here && has_key_called(tx, key.owner, &key.name)? {
            let reason = "its owner here has another key of this name".to_owned();
            return Ok(Verdict::Conflict(reason));
        }
        let fresh = self.keys.insert(key.id)
            && digest(key).is_none_or(|digest| self.digests.insert(*digest))
            && self.key_names.insert((key.owner, key.name.clone()));
        if fresh {
            Ok(Verdict::Add)
        } else {
            Ok(Verdict::Skip("it is there twice".to_owned()))
        }
    }
}

/// The ids of everybody who was deleted here.
fn deleted(tx: &mut ReadTx<'_>) -> Result<HashSet<String>, Error> {
    let mut filter = AuditFilter {
        names: vec![EventName::USER_DELETED],
        ..AuditFilter::default()
    };
    let mut ids = HashSet::new();
    loop {
        let page = tx.events(&filter, EVENTS)?;
        filter.before = page.rows.last().map(|row| row.id);
        let here = page.rows.into_iter().filter(|row| !is_imported(&row.event));
        ids.extend(here.filter_map(|row| row.event.target?.id));
        if !page.more {
            return Ok(ids);
        }
    }
}

/// What becomes of a setting: somebody's decision here is not overturned.
pub(super) fn setting(here: &Settings, key: &Key, value: &Value) -> Verdict {
    let Some(entry) = here.entry(key.name()) else {
        return Verdict::Skip("there is no such setting".to_owned());
    };
    if entry.value() == value {
        return Verdict::Already;
    }
    if !key.is_runtime() {
        return Verdict::Skip("set it in .dango/project.yml here".to_owned());
    }
    match entry.origin() {
        Origin::Default | Origin::Profile(_) => Verdict::Add,
        origin => Verdict::Skip(format!("it is {} here ({origin})", entry.display())),
    }
}

fn digest(key: &ApiKey) -> Option<&TokenHash> {
    match &key.secret {
        KeySecret::Digest(digest) => Some(digest),
        KeySecret::Bcrypt(_) => None,
    }
}

/// SECURITY: a key that was taken over and then revoked here stays revoked, however often it comes again.
fn before(tx: &mut ReadTx<'_>, key: &ApiKey) -> Result<Option<Verdict>, Error> {
    if tx.api_key(key.id)?.is_some() {
        return Ok(Some(Verdict::Already));
    }
    let same = match digest(key) {
        Some(digest) => tx.api_key_by_digest(digest)?,
        None => None,
    };
    let gone = match same {
        Some(row) if row.key.revoked_at.is_none() => return Ok(Some(Verdict::Already)),
        Some(_) => true,
        None => tx.api_key_id_is_taken(key.id)?,
    };
    Ok(gone.then(|| Verdict::Skip("it was revoked here".to_owned())))
}

fn has_key_called(tx: &mut ReadTx<'_>, owner: UserId, name: &KeyName) -> Result<bool, Error> {
    let page = tx.api_keys(Some(owner), None, KEYS_COMPARED)?;
    Ok(page.rows.iter().any(|row| row.key.name == *name))
}
