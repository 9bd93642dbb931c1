//! States of accounts and of sources, and the door to all of them.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use dango_auth_core::lockout::{
    AccountRow, AccountState, FactorState, PairState, SourceRow, SourceState,
};
use diesel::prelude::*;

use super::series::corrupt;
use super::{factor, lift, pair, summary, sweep};
use crate::Answer;
use crate::link::on_each;
use crate::ports::{AccountKey, LockSummary, LockoutWrites, SourceKey};
use crate::row::micros;
use crate::schema::{login_accounts, login_sources};
use crate::tx::WriteTx;

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = login_accounts)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
struct AccountRecord {
    account_key: Vec<u8>,
    in_a_row: i32,
    since: Option<i64>,
    last_at: Option<i64>,
    recent: Vec<u8>,
    guarded_until: Option<i64>,
    ceiling_until: Option<i64>,
    touched_at: i64,
}

impl AccountRecord {
    fn of(account: &AccountKey, state: &AccountState, touched_at: i64) -> Self {
        let row = state.to_stored();
        Self {
            account_key: account.as_bytes().to_vec(),
            in_a_row: row.in_a_row,
            since: row.since,
            last_at: row.last_at,
            recent: row.recent,
            guarded_until: row.guarded_until,
            ceiling_until: row.ceiling_until,
            touched_at,
        }
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = login_sources)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
struct SourceRecord {
    source: String,
    failed: Vec<u8>,
    refused_until: Option<i64>,
    touched_at: i64,
}

impl SourceRecord {
    fn of(source: &str, state: &SourceState, touched_at: i64) -> Self {
        let row = state.to_stored();
        Self {
            source: source.to_owned(),
            failed: row.failed,
            refused_until: row.refused_until,
            touched_at,
        }
    }
}

type AccountColumns = (
    i32,
    Option<i64>,
    Option<i64>,
    Vec<u8>,
    Option<i64>,
    Option<i64>,
);

fn account(tx: &mut WriteTx<'_>, key: &AccountKey) -> Answer<AccountState> {
    let empty = AccountRecord::of(key, &AccountState::default(), 0);
    let columns: AccountColumns = tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(login_accounts::table)
                .values(&empty)
                .on_conflict(login_accounts::account_key)
                .do_update()
                .set(login_accounts::touched_at.eq(login_accounts::touched_at))
                .returning((
                    login_accounts::in_a_row,
                    login_accounts::since,
                    login_accounts::last_at,
                    login_accounts::recent,
                    login_accounts::guarded_until,
                    login_accounts::ceiling_until,
                ))
                .get_result(connection)
        })
    })?;
    let (in_a_row, since, last_at, recent, guarded_until, ceiling_until) = columns;
    let row = AccountRow {
        in_a_row,
        since,
        last_at,
        recent,
        guarded_until,
        ceiling_until,
    };
    AccountState::from_stored(&row).map_err(corrupt("login_accounts", hex::encode(key.as_bytes())))
}

fn put_account(
    tx: &mut WriteTx<'_>,
    key: &AccountKey,
    state: &AccountState,
    now: DateTime<Utc>,
) -> Answer<()> {
    let record = AccountRecord::of(key, state, micros(now));
    tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(login_accounts::table)
                .values(&record)
                .on_conflict(login_accounts::account_key)
                .do_update()
                .set(&record)
                .execute(connection)
        })
    })
    .map(drop)
}

fn source(tx: &mut WriteTx<'_>, source: &str) -> Answer<SourceState> {
    let empty = SourceRecord::of(source, &SourceState::default(), 0);
    let (failed, refused_until): (Vec<u8>, Option<i64>) = tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(login_sources::table)
                .values(&empty)
                .on_conflict(login_sources::source)
                .do_update()
                .set(login_sources::touched_at.eq(login_sources::touched_at))
                .returning((login_sources::failed, login_sources::refused_until))
                .get_result(connection)
        })
    })?;
    SourceState::from_stored(&SourceRow {
        failed,
        refused_until,
    })
    .map_err(corrupt("login_sources", source))
}

fn put_source(
    tx: &mut WriteTx<'_>,
    source: &str,
    state: &SourceState,
    now: DateTime<Utc>,
) -> Answer<()> {
    let record = SourceRecord::of(source, state, micros(now));
    tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(login_sources::table)
                .values(&record)
                .on_conflict(login_sources::source)
                .do_update()
                .set(&record)
                .execute(connection)
        })
    })
    .map(drop)
}

impl LockoutWrites for WriteTx<'_> {
    fn pair(&mut self, account: &AccountKey, source: &SourceKey) -> Answer<PairState> {
        pair::load(self, account, source)
    }

    fn put_pair(
        &mut self,
        account: &AccountKey,
        source: &SourceKey,
        state: &PairState,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        pair::store(self, account, source, state, now)
    }

    fn account(&mut self, key: &AccountKey) -> Answer<AccountState> {
        account(self, key)
    }

    fn put_account(
        &mut self,
        key: &AccountKey,
        state: &AccountState,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        put_account(self, key, state, now)
    }

    fn source(&mut self, key: &SourceKey) -> Answer<SourceState> {
        source(self, key)
    }

    fn put_source(
        &mut self,
        key: &SourceKey,
        state: &SourceState,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        put_source(self, key, state, now)
    }

    fn factor_attempts(&mut self, user: UserId) -> Answer<FactorState> {
        factor::load(self, user)
    }

    fn put_factor_attempts(
        &mut self,
        user: UserId,
        state: &FactorState,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        factor::store(self, user, state, now)
    }

    fn lift_locks(&mut self, account: &AccountKey, user: Option<UserId>) -> Answer<()> {
        lift::lift(self, account, user)
    }

    fn lock_summary(&mut self, account: &AccountKey, now: DateTime<Utc>) -> Answer<LockSummary> {
        let key = account.as_bytes().to_vec();
        let mut found = summary::lock_summaries(self, std::slice::from_ref(&key), now)?;
        Ok(found.remove(&key).unwrap_or_default())
    }

    fn sweep_lockout(&mut self, before: DateTime<Utc>, limit: u32) -> Answer<u64> {
        sweep::lockout(self, before, limit)
    }
}
