//! API keys: a person's own, and anybody's for an administrator.
//!
//! A key never manages keys (contract §4.1): both groups refuse callers that use one.

mod limit;

use chrono::{DateTime, Duration, Utc};
use dango_auth_core::api_key::{ApiKey, KeyRevision, KeySecret, NewApiKey};
use dango_auth_core::change::Change;
use dango_auth_core::id::{ApiKeyId, UserId, Version};
use dango_auth_core::name::KeyName;
use dango_auth_core::password::Password;
use dango_auth_core::permission::builtin;
use dango_auth_core::token::{ApiKeyKind, ApiKeyToken};
use dango_auth_store::ports::{
    ApiKeyReads as _, ApiKeyRow, ApiKeyWrites as _, Page, UserReads as _,
};
use dango_auth_store::{ChangeTx, StoreError};

pub use limit::LimitRequest;
use limit::require_workspaces;

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::kept_answers::{Repeat, Repeatable};
use crate::users::PAGE_MAX;
use crate::walk::{require_free, require_session};

/// Keys one person may have at a time (`ASVS 15.2.2`).
pub const KEYS_PER_USER: u64 = 100;

/// Longest description, in characters.
const DESCRIPTION_MAX: usize = 500;

/// When a key is to stop working.
#[derive(Clone, Copy, Debug, Default)]
pub enum Expiry {
    /// Never.
    #[default]
    Never,
    /// At this instant.
    At(DateTime<Utc>),
    /// After so many days.
    Days(u32),
}

/// A key to make.
#[derive(Clone, Debug)]
pub struct CreateKey {
    /// What its owner calls it.
    pub name: KeyName,
    /// What it is for.
    pub description: String,
    /// What it may do at most.
    pub limit: LimitRequest,
    /// When it stops working.
    pub expiry: Expiry,
}

/// What is to change about a key; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ReviseKey {
    /// Another name.
    pub name: Option<KeyName>,
    /// Another description.
    pub description: Option<String>,
    /// Another limit.
    pub limit: Option<LimitRequest>,
    /// Another end.
    pub expiry: Option<Expiry>,
}

/// A key that was made.
#[derive(Debug)]
pub struct CreatedKey {
    /// The key as it is listed.
    pub row: ApiKeyRow,
    /// The key itself; shown once.
    pub token: ApiKeyToken,
}

/// API keys.
#[derive(Clone)]
pub struct ApiKeys<'a> {
    auth: &'a Auth,
}

impl<'a> ApiKeys<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// The caller's keys, oldest first.
    ///
    /// # Errors
    /// [`Error::SessionRequired`] for an API key; [`Error::Store`].
    pub fn list_own(&self, caller: &Caller) -> Result<Vec<ApiKeyRow>, Error> {
        require_session(caller)?;
        require_free(caller)?;
        let owner = caller.user_id().ok_or(Error::Unauthenticated)?;
        self.auth
            .inner
            .store
            .read(|tx| Ok(tx.api_keys(Some(owner), None, PAGE_MAX)?.rows))
    }

    /// Makes a key for the caller.
    ///
    /// # Errors
    /// [`Error::SessionRequired`] for an API key, `key_exists`, [`Error::Fields`]; [`Error::Store`].
    pub fn create_own(&self, caller: &Caller, request: &CreateKey) -> Result<CreatedKey, Error> {
        self.create_own_once(caller, request, None)?.fresh()
    }

    /// Makes a key for the caller, unless the same request was answered before.
    ///
    /// # Errors
    /// As [`ApiKeys::create_own`].
    pub fn create_own_once(
        &self,
        caller: &Caller,
        request: &CreateKey,
        repeatable: Option<&Repeatable<'_, CreatedKey>>,
    ) -> Result<Repeat<CreatedKey>, Error> {
        require_session(caller)?;
        require_free(caller)?;
        let owner = caller.user_id().ok_or(Error::Unauthenticated)?;
        let (new, token) = self.draft(owner, request)?;
        self.auth
            .own_command_once(caller, repeatable, |tx, desk, user| {
                require_workspaces(tx, &request.limit)?;
                let key = ApiKey::create(new.clone(), Some(user.id), &desk.act);
                Ok(CreatedKey {
                    row: insert(tx, key)?,
                    token: token.clone(),
                })
            })
    }

    /// Ends one of the caller's keys.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody else's, [`Error::SessionRequired`]; [`Error::Store`].
    pub fn revoke_own(&self, caller: &Caller, id: ApiKeyId) -> Result<(), Error> {
        self.auth.own_command(caller, |tx, desk, user| {
            let row = tx.api_key(id)?.filter(|row| row.key.owner == user.id);
            let row = row.ok_or_else(|| unknown(id))?;
            tx.record(row.key.revoke(&desk.act))?;
            Ok(())
        })
    }

    /// One page of keys, of everybody or of one person, oldest first.
    ///
    /// # Errors
    /// [`Error::Denied`] without `auth.manage`; [`Error::Store`].
    pub fn list(
        &self,
        caller: &Caller,
        owner: Option<UserId>,
        after: Option<(DateTime<Utc>, ApiKeyId)>,
        limit: u32,
    ) -> Result<Page<ApiKeyRow>, Error> {
        let limit = limit.clamp(1, PAGE_MAX);
        self.auth.look(caller, builtin::AUTH_MANAGE, |tx| {
            Ok(tx.api_keys(owner, after, limit)?)
        })
    }

    /// One key.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`] without `auth.manage`; [`Error::Store`].
    pub fn get(&self, caller: &Caller, id: ApiKeyId) -> Result<ApiKeyRow, Error> {
        self.auth.look(caller, builtin::AUTH_MANAGE, |tx| {
            tx.api_key(id)?.ok_or_else(|| unknown(id))
        })
    }

    /// Makes a key for somebody.
    ///
    /// # Errors
    /// As [`ApiKeys::create_own`]; [`Error::NotFound`] for the owner, [`Error::Denied`].
    pub fn create_for(
        &self,
        caller: &Caller,
        owner: UserId,
        request: &CreateKey,
    ) -> Result<CreatedKey, Error> {
        self.create_for_once(caller, owner, request, None)?.fresh()
    }

    /// Makes a key for somebody, unless the same request was answered before.
    ///
    /// # Errors
    /// As [`ApiKeys::create_for`].
    pub fn create_for_once(
        &self,
        caller: &Caller,
        owner: UserId,
        request: &CreateKey,
        repeatable: Option<&Repeatable<'_, CreatedKey>>,
    ) -> Result<Repeat<CreatedKey>, Error> {
        refuse_key(caller)?;
        self.auth.authorise(caller, builtin::AUTH_MANAGE)?;
        let (new, token) = self.draft(owner, request)?;
        self.auth
            .command_once(caller, builtin::AUTH_MANAGE, repeatable, |tx, desk| {
                let user = tx
                    .user(owner)?
                    .ok_or_else(|| Error::no_user(owner.to_string()))?;
                if !user.is_active() {
                    return Err(dango_auth_core::user::UserError::Inactive.into());
                }
                require_workspaces(tx, &request.limit)?;
                let key = ApiKey::create(new.clone(), caller.user_id(), &desk.act);
                Ok(CreatedKey {
                    row: insert(tx, key)?,
                    token: token.clone(),
                })
            })
    }

    /// Changes a key.
    ///
    /// # Errors
    /// `key_exists`, [`Error::Stale`], [`Error::Fields`]; [`Error::NotFound`], [`Error::Denied`].
    pub fn revise(
        &self,
        caller: &Caller,
        id: ApiKeyId,
        request: &ReviseKey,
        if_match: Option<Version>,
    ) -> Result<ApiKeyRow, Error> {
        refuse_key(caller)?;
        let limit = request
            .limit
            .as_ref()
            .map(|limit| self.parse_limit(limit))
            .transpose()?;
        let expires_at = request
            .expiry
            .map(|expiry| self.instant(expiry))
            .transpose()?;
        if let Some(text) = &request.description {
            check_description(text)?;
        }
        self.auth.command(caller, builtin::AUTH_MANAGE, |tx, desk| {
            let row = tx.api_key(id)?.ok_or_else(|| unknown(id))?;
            if if_match.is_some_and(|version| version != row.key.version) {
                return Err(Error::Stale {
                    what: "this API key",
                });
            }
            if let Some(limit) = &request.limit {
                require_workspaces(tx, limit)?;
            }
            let revision = KeyRevision {
                name: request.name.clone().unwrap_or_else(|| row.key.name.clone()),
                description: request
                    .description
                    .clone()
                    .unwrap_or_else(|| row.key.description.clone()),
                limit: limit.clone().unwrap_or_else(|| row.key.limit.clone()),
                expires_at: expires_at.unwrap_or(row.key.expires_at),
            };
            record(tx, row.key.revise(revision, &desk.act))
        })
    }

    /// Ends anybody's key.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`]; [`Error::SessionRequired`] for an API key.
    pub fn revoke(&self, caller: &Caller, id: ApiKeyId) -> Result<(), Error> {
        refuse_key(caller)?;
        self.auth.command(caller, builtin::AUTH_MANAGE, |tx, desk| {
            let row = tx.api_key(id)?.ok_or_else(|| unknown(id))?;
            tx.record(row.key.revoke(&desk.act))?;
            Ok(())
        })
    }

    fn draft(&self, owner: UserId, request: &CreateKey) -> Result<(NewApiKey, ApiKeyToken), Error> {
        check_description(&request.description)?;
        let token = ApiKeyToken::from_random(self.auth.inner.ambient.bytes()?);
        let new = NewApiKey {
            id: ApiKeyId::from_uuid(self.auth.inner.ambient.uuid()?),
            owner,
            name: request.name.clone(),
            description: request.description.clone(),
            token_hash: token.hash(),
            prefix: token.display_prefix().to_owned(),
            limit: self.parse_limit(&request.limit)?,
            expires_at: self.instant(request.expiry)?,
        };
        Ok((new, token))
    }

    fn instant(&self, expiry: Expiry) -> Result<Option<DateTime<Utc>>, Error> {
        let now = self.auth.now();
        let (field, end) = match expiry {
            Expiry::Never => return Ok(None),
            Expiry::At(end) => ("expires_at", Some(end)),
            Expiry::Days(days) => (
                "expires_in_days",
                now.checked_add_signed(Duration::days(i64::from(days))),
            ),
        };
        match end {
            Some(end) if end > now => Ok(Some(end)),
            _ => Err(Error::field(
                field,
                "not_in_the_future",
                "the end must lie in the future",
            )),
        }
    }
}

pub(crate) fn check_description(text: &str) -> Result<(), Error> {
    let fits = text.chars().count() <= DESCRIPTION_MAX;
    if fits && !text.chars().any(|c| c.is_control() && c != '\n') {
        return Ok(());
    }
    let message = format!("a description has at most {DESCRIPTION_MAX} printable characters");
    Err(Error::field("description", "invalid_description", message))
}

/// Keys do not manage keys.
fn refuse_key(caller: &Caller) -> Result<(), Error> {
    if caller.via_api_key() {
        Err(Error::SessionRequired)
    } else {
        Ok(())
    }
}

fn unknown(id: ApiKeyId) -> Error {
    Error::NotFound {
        what: "API key",
        name: id.to_string(),
    }
}

fn insert(tx: &mut ChangeTx<'_>, change: Change<ApiKey>) -> Result<ApiKeyRow, Error> {
    if tx.count_api_keys(change.state().owner)? >= KEYS_PER_USER {
        return Err(Error::Rule {
            code: "too_many_keys",
            message: format!("a person has at most {KEYS_PER_USER} API keys; revoke one first"),
        });
    }
    record(tx, change)
}

fn record(tx: &mut ChangeTx<'_>, change: Change<ApiKey>) -> Result<ApiKeyRow, Error> {
    let name = change.state().name.to_string();
    let key = tx.record(change).map_err(|error| match error {
        StoreError::NotFound {
            what: "workspace",
            name,
        } => {
            let text = format!("there is no workspace {name}; create it first");
            Error::field("workspaces", "unknown_workspace", text)
        }
        error if error.is_conflict() && !error.is_stale() => Error::Exists {
            what: "API key",
            name,
        },
        error => error.into(),
    })?;
    tx.api_key(key.id)?
        .ok_or(Error::Internal("a recorded key cannot be read"))
}

impl Auth {
    /// Finds a key taken over from another system by prefix and slow hash, once; from then on it has
    /// a digest like every other.
    pub(crate) fn adopt_key(&self, token: &ApiKeyToken) -> Result<Option<ApiKeyRow>, Error> {
        if token.kind() == ApiKeyKind::Own {
            return Ok(None);
        }
        let digest = token.hash();
        // One moment for both: somebody else may adopt the key between two.
        let (adopted, candidates) = self.inner.store.read(|tx| {
            let adopted = tx.api_key_by_digest(&digest)?;
            let candidates = tx.api_keys_by_prefix(token.display_prefix())?;
            Ok::<_, Error>((adopted, candidates))
        })?;
        if adopted.is_some() {
            return Ok(adopted);
        }
        let Ok(secret) = Password::new(token.expose()) else {
            return Ok(None);
        };
        for row in candidates {
            let KeySecret::Bcrypt(hash) = &row.key.secret else {
                continue;
            };
            if self.inner.hasher.verify(&secret, Some(hash))?.matches {
                return self.inner.store.write(|tx| {
                    tx.promote_api_key(row.key.id, &digest)?;
                    Ok(tx.api_key_by_digest(&digest)?)
                });
            }
        }
        Ok(None)
    }
}
