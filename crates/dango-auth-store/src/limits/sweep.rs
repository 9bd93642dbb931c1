//! Removing state that means nothing any more.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::Answer;
use crate::row::micros;
use crate::schema::{login_accounts, login_devices, login_pairs, login_sources};
use crate::tx::WriteTx;

/// Removes pairs, accounts and sources untouched since `before` and devices lapsed before it.
///
/// Wrong codes of second factors stay: their total counts until somebody unlocks the account.
pub(super) fn lockout(tx: &mut WriteTx<'_>, before: DateTime<Utc>, limit: u32) -> Answer<u64> {
    let (before, limit) = (micros(before), i64::from(limit));
    let removed = pairs(tx, before, limit)? + accounts(tx, before, limit)?;
    Ok(removed + sources(tx, before, limit)? + devices(tx, before, limit)?)
}

fn pairs(tx: &mut WriteTx<'_>, before: i64, limit: i64) -> Answer<u64> {
    let old: Vec<(Vec<u8>, String)> = tx.query(|link| {
        login_pairs::table
            .filter(login_pairs::touched_at.lt(before))
            .select((login_pairs::account_key, login_pairs::source))
            .limit(limit)
            .load(link)
    })?;
    let mut removed = 0;
    for (account, source) in old {
        removed += tx.query(|link| {
            diesel::delete(login_pairs::table.find((account, source)))
                .filter(login_pairs::touched_at.lt(before))
                .execute(link)
        })?;
    }
    Ok(removed as u64)
}

/// Removes rows by their one key column, again only if nobody touched them meanwhile.
macro_rules! sweep_by_key {
    ($tx:ident, $table:ident, $key:ident: $type:ty, $time:ident, $before:ident, $limit:ident) => {{
        let old: Vec<$type> = $tx.query(|link| {
            $table::table
                .filter($table::$time.lt($before))
                .select($table::$key)
                .limit($limit)
                .load(link)
        })?;
        let removed = $tx.query(|link| {
            diesel::delete($table::table)
                .filter($table::$key.eq_any(old))
                .filter($table::$time.lt($before))
                .execute(link)
        })?;
        Ok(removed as u64)
    }};
}
pub(super) use sweep_by_key;

fn accounts(tx: &mut WriteTx<'_>, before: i64, limit: i64) -> Answer<u64> {
    sweep_by_key!(tx, login_accounts, account_key: Vec<u8>, touched_at, before, limit)
}

fn sources(tx: &mut WriteTx<'_>, before: i64, limit: i64) -> Answer<u64> {
    sweep_by_key!(tx, login_sources, source: String, touched_at, before, limit)
}

fn devices(tx: &mut WriteTx<'_>, before: i64, limit: i64) -> Answer<u64> {
    sweep_by_key!(tx, login_devices, id: String, expires_at, before, limit)
}
