//! API keys.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use dango_auth_core::api_key::{ApiKey, KeySecret};
use dango_auth_core::id::{ApiKeyId, UserId, Version};
use dango_auth_core::password::PasswordHash;
use dango_auth_core::policy::{KeyLimit, WorkspaceLimit};
use dango_auth_core::token::TokenHash;
use diesel::prelude::*;

use crate::Answer;
use crate::account::{UserRecord, with_access};
use crate::keys::{Keys, Place, Sealer};
use crate::ports::{ApiKeyReads, ApiKeyRow, ApiKeyWrites, Page, Touch};
use crate::prepared::StayPrepared as _;
use crate::row::{Row, micros, micros_opt, page, page_limit};
use crate::schema::{api_key_grants, api_keys, second_factors, users, workspaces};
use crate::tx::{ReadTx, WriteTx};

mod write;

pub(crate) use write::{insert, revoke_all, update};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = api_keys)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
struct KeyRecord {
    id: String,
    version: i64,
    owner_id: String,
    name: String,
    description: String,
    digest: Option<Vec<u8>>,
    bcrypt_sealed: Option<Vec<u8>>,
    prefix: String,
    limit_role: Option<String>,
    workspaces_limited: bool,
    created_at: i64,
    updated_at: i64,
    created_by: Option<String>,
    expires_at: Option<i64>,
    /// Written when the key is used, which no version counts; an update must not set it back.
    #[diesel(skip_update)]
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

fn bcrypt_place(key: &str) -> Place<'_> {
    Place {
        table: "api_keys",
        column: "bcrypt_sealed",
        row: key,
    }
}

impl KeyRecord {
    fn of(key: &ApiKey, keys: Sealer<'_>) -> Answer<Self> {
        let id = key.id.to_string();
        let (digest, bcrypt_sealed) = match &key.secret {
            KeySecret::Digest(digest) => (Some(digest.as_bytes().to_vec()), None),
            KeySecret::Bcrypt(hash) => (
                None,
                Some(keys.seal(bcrypt_place(&id), hash.to_stored().as_bytes())?),
            ),
        };
        Ok(Self {
            version: key.version.get(),
            owner_id: key.owner.to_string(),
            name: key.name.as_str().to_owned(),
            description: key.description.clone(),
            digest,
            bcrypt_sealed,
            prefix: key.prefix.clone(),
            limit_role: key.limit.role.as_ref().map(|role| role.as_str().to_owned()),
            workspaces_limited: key.limit.workspaces.is_some(),
            created_at: micros(key.created_at),
            updated_at: micros(key.updated_at),
            created_by: key.created_by.map(|user| user.to_string()),
            expires_at: micros_opt(key.expires_at),
            last_used_at: micros_opt(key.last_used_at),
            revoked_at: micros_opt(key.revoked_at),
            id,
        })
    }

    fn into_key(self, limits: Vec<WorkspaceLimit>, keys: &Keys) -> Answer<ApiKey> {
        let row = Row {
            table: "api_keys",
            id: &self.id,
        };
        Ok(ApiKey {
            id: row.parse("id", &self.id)?,
            version: Version::from_stored(self.version),
            owner: row.parse("owner_id", &self.owner_id)?,
            name: row.parse("name", &self.name)?,
            secret: self.secret(keys)?,
            limit: KeyLimit {
                role: row.parse_opt("limit_role", self.limit_role.as_deref())?,
                workspaces: self.workspaces_limited.then_some(limits),
            },
            created_at: row.instant("created_at", self.created_at)?,
            updated_at: row.instant("updated_at", self.updated_at)?,
            created_by: row.parse_opt("created_by", self.created_by.as_deref())?,
            expires_at: row.instant_opt("expires_at", self.expires_at)?,
            last_used_at: row.instant_opt("last_used_at", self.last_used_at)?,
            revoked_at: row.instant_opt("revoked_at", self.revoked_at)?,
            description: self.description,
            prefix: self.prefix,
        })
    }

    fn secret(&self, keys: &Keys) -> Answer<KeySecret> {
        let row = Row {
            table: "api_keys",
            id: &self.id,
        };
        if let Some(digest) = &self.digest {
            return row
                .need("digest", TokenHash::from_slice(digest))
                .map(KeySecret::Digest);
        }
        let place = bcrypt_place(&self.id);
        let sealed = row.need("bcrypt_sealed", self.bcrypt_sealed.as_deref())?;
        let text = keys.open_text(place, sealed)?;
        PasswordHash::parse(&text)
            .map(KeySecret::Bcrypt)
            .map_err(|_| place.corrupt())
    }
}

type Found = (KeyRecord, UserRecord, Option<bool>);

/// Loads keys with their owners, in the order `after` asks for.
macro_rules! keys_with_owners {
    () => {
        api_keys::table
            .inner_join(
                users::table
                    .on(users::id.eq(api_keys::owner_id))
                    .left_join(second_factors::table),
            )
            .select((
                KeyRecord::as_select(),
                UserRecord::as_select(),
                second_factors::enabled.nullable(),
            ))
    };
}

impl ApiKeyReads for ReadTx<'_> {
    fn api_key_by_digest(&mut self, digest: &TokenHash) -> Answer<Option<ApiKeyRow>> {
        let found: Vec<Found> = self.query(|link| {
            keys_with_owners!()
                .filter(api_keys::digest.eq(digest.as_bytes().as_slice()))
                .load(link)
        })?;
        Ok(complete(self, found)?.pop())
    }

    fn api_keys_by_prefix(&mut self, prefix: &str) -> Answer<Vec<ApiKeyRow>> {
        let found: Vec<Found> = self.query(|link| {
            keys_with_owners!()
                .filter(api_keys::prefix.eq(prefix))
                .filter(api_keys::digest.is_null())
                .filter(api_keys::revoked_at.is_null())
                .load(link)
        })?;
        complete(self, found)
    }

    fn api_key_id_is_taken(&mut self, id: ApiKeyId) -> Answer<bool> {
        let found = api_keys::table.find(id.to_string());
        self.query(|link| diesel::select(diesel::dsl::exists(found)).get_result(link))
    }

    fn api_key(&mut self, id: ApiKeyId) -> Answer<Option<ApiKeyRow>> {
        let found: Vec<Found> = self.query(|link| {
            keys_with_owners!()
                .filter(api_keys::id.eq(id.to_string()))
                .filter(api_keys::revoked_at.is_null())
                .load(link)
        })?;
        Ok(complete(self, found)?.pop())
    }

    fn api_keys(
        &mut self,
        owner: Option<UserId>,
        after: Option<(DateTime<Utc>, ApiKeyId)>,
        limit: u32,
    ) -> Answer<Page<ApiKeyRow>> {
        let mut query = keys_with_owners!()
            .filter(api_keys::revoked_at.is_null())
            .order((api_keys::created_at.asc(), api_keys::id.asc()))
            .limit(page_limit(limit))
            .into_boxed();
        if let Some(owner) = owner {
            query = query.filter(api_keys::owner_id.eq(owner.to_string()));
        }
        if let Some((at, id)) = after {
            let at = micros(at);
            let later = api_keys::created_at
                .gt(at)
                .or(api_keys::id.gt(id.to_string()));
            query = query.filter(api_keys::created_at.ge(at)).filter(later);
        }
        let found: Vec<Found> = self.query(|link| query.load(link))?;
        let Page { rows, more } = page(found, limit);
        Ok(Page {
            rows: complete(self, rows)?,
            more,
        })
    }

    fn count_api_keys(&mut self, owner: UserId) -> Answer<u64> {
        let count: i64 = self.query(|link| {
            api_keys::table
                .filter(api_keys::owner_id.eq(owner.to_string()))
                .filter(api_keys::revoked_at.is_null())
                .count()
                .get_result(link)
        })?;
        Ok(count.unsigned_abs())
    }
}

/// Adds the limits of the keys and the grants of their owners.
fn complete(tx: &mut ReadTx<'_>, found: Vec<Found>) -> Answer<Vec<ApiKeyRow>> {
    let limited = found.iter().filter(|(key, ..)| key.workspaces_limited);
    let ids: Vec<String> = limited.map(|(key, ..)| key.id.clone()).collect();
    let mut limits = limits(tx, &ids)?;
    let keys = tx.keys();
    let mut rows = Vec::with_capacity(found.len());
    let mut owners = Vec::with_capacity(found.len());
    for (record, owner, factor) in found {
        let own = limits.remove(&record.id).unwrap_or_default();
        rows.push((record.into_key(own, keys)?, factor.unwrap_or(false)));
        owners.push(owner);
    }
    let owners = with_access(tx, owners)?;
    Ok(rows
        .into_iter()
        .zip(owners)
        .map(|((key, second_factor_on), owner)| ApiKeyRow {
            key,
            owner,
            second_factor_on,
        })
        .collect())
}

fn limits(tx: &mut ReadTx<'_>, keys: &[String]) -> Answer<HashMap<String, Vec<WorkspaceLimit>>> {
    let mut limits: HashMap<String, Vec<WorkspaceLimit>> = HashMap::new();
    if keys.is_empty() {
        return Ok(limits);
    }
    let found: Vec<(String, String, Option<String>)> = tx.query(|link| {
        api_key_grants::table
            .inner_join(workspaces::table)
            .filter(api_key_grants::key_id.eq_any(keys))
            .order(workspaces::name.asc())
            .select((
                api_key_grants::key_id,
                workspaces::name,
                api_key_grants::role,
            ))
            .stay_prepared_if(keys.len() == 1)
            .load(link)
    })?;
    for (key, workspace, role) in found {
        let row = Row {
            table: "api_key_grants",
            id: &key,
        };
        let limit = WorkspaceLimit {
            workspace: row.parse("workspace_id", &workspace)?,
            role: row.parse_opt("role", role.as_deref())?,
        };
        limits.entry(key).or_default().push(limit);
    }
    Ok(limits)
}

impl ApiKeyWrites for WriteTx<'_> {
    fn touch_api_keys(&mut self, touches: &[Touch<ApiKeyId>]) -> Answer<()> {
        let mut touches = touches.to_vec();
        touches.sort_by_key(|touch| touch.id);
        for touch in touches {
            let at = micros(touch.at);
            let is_older = api_keys::last_used_at
                .is_null()
                .or(api_keys::last_used_at.assume_not_null().lt(at));
            self.query(|link| {
                diesel::update(api_keys::table.find(touch.id.to_string()))
                    .filter(api_keys::revoked_at.is_null())
                    .filter(is_older)
                    .set(api_keys::last_used_at.eq(at))
                    .returning(api_keys::version)
                    .stay_prepared()
                    .count::<i64>(link)
            })?;
        }
        Ok(())
    }

    fn promote_api_key(&mut self, id: ApiKeyId, digest: &TokenHash) -> Answer<()> {
        self.query(|link| {
            diesel::update(api_keys::table.find(id.to_string()))
                .filter(api_keys::digest.is_null())
                .set((
                    api_keys::digest.eq(digest.as_bytes().as_slice()),
                    api_keys::bcrypt_sealed.eq(None::<Vec<u8>>),
                ))
                .execute(link)
        })
        .map(drop)
    }
}
