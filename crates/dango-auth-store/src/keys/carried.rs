//! What was derived from replaced keys and is still needed.
//!
//! Links of the audit log cannot be made again, since nothing in it may change; nor can the MACs of
//! recovery codes and of unknown login names, whose plain texts nobody has. So before a master key goes,
//! these subkeys of it are sealed under the next one (ADR 0009).

use dango_auth_core::audit::chain::ChainKey;
use dango_auth_core::seal::{KeyId, KeyRing, Purpose, SubKey};
use diesel::prelude::*;

use super::{Keys, Place, seal_with};
use crate::schema::kept_keys;
use crate::tx::{ReadTx, WriteTx};
use crate::{Answer, StoreError};

/// The purposes whose first subkey stays in use, whatever the master key.
const LASTING: [Purpose; 2] = [Purpose::LoginName, Purpose::RecoveryCode];

/// The stored word of a purpose that is kept.
const fn word(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Audit => Some("audit"),
        Purpose::LoginName => Some("login_name"),
        Purpose::RecoveryCode => Some("recovery_code"),
        _ => None,
    }
}

/// The lasting subkeys of an installation whose master key was replaced.
#[derive(Debug, Default)]
pub(crate) struct Carried(Vec<(Purpose, SubKey)>);

impl Carried {
    pub(super) fn get(&self, purpose: Purpose) -> Option<&SubKey> {
        let found = self.0.iter().find(|(kept, _)| *kept == purpose);
        found.map(|(_, key)| key)
    }
}

/// The keys that rows of the audit log are checked with.
pub(crate) struct ChainKeys {
    /// Last row and key, in order.
    older: Vec<(i64, ChainKey)>,
    current: ChainKey,
}

impl ChainKeys {
    /// The key that row `id` was chained with.
    pub(crate) fn of_row(&self, id: i64) -> &ChainKey {
        let span = self.older.iter().find(|(last_id, _)| id <= *last_id);
        span.map_or(&self.current, |(_, key)| key)
    }
}

/// A kept subkey, opened.
struct Kept {
    purpose: String,
    key_id: String,
    last_id: Option<i64>,
    key: SubKey,
}

fn row_key(purpose: &str, key_id: &str) -> String {
    format!("{purpose}\n{key_id}")
}

fn place(row: &str) -> Place<'_> {
    Place {
        table: "kept_keys",
        column: "sealed",
        row,
    }
}

fn all(tx: &mut ReadTx<'_>) -> Answer<Vec<Kept>> {
    let rows: Vec<(String, String, Option<i64>, Vec<u8>)> = tx.query(|link| {
        kept_keys::table
            .order((kept_keys::last_id.asc(), kept_keys::purpose.asc()))
            .load(link)
    })?;
    let keys = tx.keys();
    let opened = rows.into_iter().map(|(purpose, key_id, last_id, sealed)| {
        let row = row_key(&purpose, &key_id);
        let bytes = keys.open(place(&row), &sealed)?;
        let bytes: [u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| place(&row).corrupt())?;
        Ok(Kept {
            purpose,
            key_id,
            last_id,
            key: SubKey::from_bytes(bytes),
        })
    });
    opened.collect()
}

/// Reads the lasting subkeys.
pub(crate) fn lasting(tx: &mut ReadTx<'_>) -> Answer<Carried> {
    let kept = all(tx)?;
    let found = LASTING.into_iter().filter_map(|purpose| {
        let of_it = |kept: &&Kept| Some(kept.purpose.as_str()) == word(purpose);
        Some((purpose, kept.iter().find(of_it)?.key.clone()))
    });
    Ok(Carried(found.collect()))
}

/// Reads the keys of the audit log.
pub(crate) fn chain(tx: &mut ReadTx<'_>) -> Answer<ChainKeys> {
    let kept = all(tx)?.into_iter();
    let mut older: Vec<(i64, ChainKey)> = kept
        .filter(|kept| Some(kept.purpose.as_str()) == word(Purpose::Audit))
        .filter_map(|kept| Some((kept.last_id?, ChainKey::new(kept.key))))
        .collect();
    older.sort_by_key(|(last_id, _)| *last_id);
    Ok(ChainKeys {
        older,
        current: tx.keys().chain_key(),
    })
}

/// Keeps what is still needed of the key that `old` has in front, and seals all that is kept under `new`.
///
/// Rows of the audit log up to `last_id` were chained with the old key.
pub(super) fn hand_over(
    tx: &mut WriteTx<'_>,
    old: &KeyRing,
    new: &KeyRing,
    last_id: i64,
) -> Answer<()> {
    let mut kept = all(tx)?;
    let old_id = old.current().key_id();
    kept.push(of_old(Purpose::Audit, old_id, Some(last_id), old)?);
    for purpose in LASTING {
        if !kept
            .iter()
            .any(|kept| Some(kept.purpose.as_str()) == word(purpose))
        {
            kept.push(of_old(purpose, old_id, None, old)?);
        }
    }
    tx.query(|link| diesel::delete(kept_keys::table).execute(link))?;
    for kept in kept {
        let row = row_key(&kept.purpose, &kept.key_id);
        let sealed = seal_with(new, place(&row), kept.key.expose())?;
        let values = (
            kept_keys::purpose.eq(kept.purpose),
            kept_keys::key_id.eq(kept.key_id),
            kept_keys::last_id.eq(kept.last_id),
            kept_keys::sealed.eq(sealed),
        );
        tx.query(|link| {
            diesel::insert_into(kept_keys::table)
                .values(values)
                .execute(link)
        })?;
    }
    Ok(())
}

fn of_old(purpose: Purpose, id: KeyId, last_id: Option<i64>, old: &KeyRing) -> Answer<Kept> {
    let unkept = || StoreError::unavailable("a key of this purpose is not kept", false);
    Ok(Kept {
        purpose: word(purpose).ok_or_else(unkept)?.to_owned(),
        key_id: id.to_string(),
        last_id,
        key: old.subkey(purpose),
    })
}

impl Keys {
    /// The subkeys of a purpose under every key at hand, the current one first.
    pub(crate) fn subkeys(&self, purpose: Purpose) -> Vec<SubKey> {
        self.ring().subkeys(purpose).collect()
    }
}
