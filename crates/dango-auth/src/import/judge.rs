//! What becomes of each person and each key, one after the other.

use std::collections::HashSet;

use dango_auth_core::api_key::{ApiKey, KeySecret};
use dango_auth_core::id::{ApiKeyId, UserId};
use dango_auth_core::name::{EmailAddress, KeyName, LoginName, WorkspaceName};
use dango_auth_core::token::TokenHash;
use dango_auth_store::ReadTx;
use dango_auth_store::ports::{ApiKeyReads as _, UserReads as _, WorkspaceReads as _};

use super::{IncomingPerson, Verdict};
use crate::error::Error;

/// Most keys of one person that are compared by name.
const KEYS_COMPARED: u32 = 1000;

/// What was promised so far, so that two of the newcomers do not get in each other's way.
#[derive(Default)]
pub(super) struct Judge {
    people: HashSet<UserId>,
    names: HashSet<String>,
    keys: HashSet<ApiKeyId>,
    digests: HashSet<TokenHash>,
    key_names: HashSet<(UserId, KeyName)>,
    workspaces: HashSet<WorkspaceName>,
}

impl Judge {
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
