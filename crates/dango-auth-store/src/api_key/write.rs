//! Writing API keys.

use chrono::{DateTime, Utc};
use dango_auth_core::api_key::ApiKey;
use dango_auth_core::id::{UserId, Version};
use diesel::prelude::*;

use super::KeyRecord;
use crate::error::Clash;
use crate::link::on_each;
use crate::row::micros;
use crate::schema::{api_key_grants, api_keys};
use crate::tx::{ReadTx, WriteTx};
use crate::workspace::ids_by_name;
use crate::{Answer, StoreError};

/// Stores a new key.
pub(crate) fn insert(tx: &mut WriteTx<'_>, key: &ApiKey) -> Answer<()> {
    let record = KeyRecord::of(key, tx.sealer()?)?;
    if exists(tx, &record.id)? {
        return Err(StoreError::clash(Clash::Id));
    }
    refuse_taken(tx, &record)?;
    tx.query(|link| {
        diesel::insert_into(api_keys::table)
            .values(&record)
            .execute(link)
    })?;
    replace_limits(tx, key)
}

/// Stores a changed key, if nobody changed it since version `base`.
pub(crate) fn update(tx: &mut WriteTx<'_>, key: &ApiKey, base: Version) -> Answer<()> {
    let record = KeyRecord::of(key, tx.sealer()?)?;
    refuse_taken(tx, &record)?;
    let updated = tx.query(|link| {
        diesel::update(api_keys::table.find(&record.id))
            .filter(api_keys::version.eq(base.get()))
            .set(&record)
            .execute(link)
    })?;
    if updated == 0 {
        let there = exists(tx, &record.id)?;
        return Err(if there {
            StoreError::stale()
        } else {
            StoreError::not_found("key", key.id)
        });
    }
    replace_limits(tx, key)
}

/// Revokes an account's keys; tells how many still worked.
pub(crate) fn revoke_all(tx: &mut WriteTx<'_>, owner: UserId, now: DateTime<Utc>) -> Answer<u64> {
    let now = micros(now);
    let revoked = tx.query(|link| {
        diesel::update(api_keys::table)
            .filter(api_keys::owner_id.eq(owner.to_string()))
            .filter(api_keys::revoked_at.is_null())
            .set((
                api_keys::revoked_at.eq(now),
                api_keys::updated_at.eq(now),
                api_keys::version.eq(api_keys::version + 1),
            ))
            .execute(link)
    })?;
    Ok(revoked as u64)
}

fn exists(tx: &mut ReadTx<'_>, id: &str) -> Answer<bool> {
    tx.query(|link| diesel::select(diesel::dsl::exists(api_keys::table.find(id))).get_result(link))
}

/// The guard orders those who ask, so a name that is free now stays free until the commit.
fn refuse_taken(tx: &mut ReadTx<'_>, record: &KeyRecord) -> Answer<()> {
    if record.revoked_at.is_some() {
        return Ok(());
    }
    let same_name = api_keys::table
        .filter(api_keys::owner_id.eq(&record.owner_id))
        .filter(api_keys::name.eq(&record.name))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::id.ne(&record.id));
    let taken: bool =
        tx.query(|link| diesel::select(diesel::dsl::exists(same_name)).get_result(link))?;
    if taken {
        Err(StoreError::clash(Clash::KeyName))
    } else {
        Ok(())
    }
}

#[derive(Insertable)]
#[diesel(table_name = api_key_grants)]
#[diesel(treat_none_as_default_value = false)]
struct LimitRecord {
    key_id: String,
    workspace_id: String,
    role: Option<String>,
}

fn replace_limits(tx: &mut WriteTx<'_>, key: &ApiKey) -> Answer<()> {
    let key_id = key.id.to_string();
    tx.query(|link| {
        diesel::delete(api_key_grants::table.filter(api_key_grants::key_id.eq(&key_id)))
            .execute(link)
    })?;
    let limits = key.limit.workspaces.as_deref().unwrap_or_default();
    if limits.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = limits.iter().map(|limit| &limit.workspace).collect();
    let records: Vec<LimitRecord> = ids_by_name(tx, &names)?
        .into_iter()
        .zip(limits)
        .map(|(workspace_id, limit)| LimitRecord {
            key_id: key_id.clone(),
            workspace_id,
            role: limit.role.as_ref().map(|role| role.as_str().to_owned()),
        })
        .collect();
    tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(api_key_grants::table).values(&records).execute(connection)
        })
    })
    .map(drop)
}
