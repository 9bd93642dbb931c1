//! State of an account from one source.

use chrono::{DateTime, Utc};
use dango_auth_core::lockout::PairState;
use diesel::prelude::*;

use super::series::{self, Columns, corrupt};
use crate::Answer;
use crate::link::on_each;
use crate::ports::AccountKey;
use crate::row::micros;
use crate::schema::login_pairs;
use crate::tx::WriteTx;

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = login_pairs)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
struct PairRecord {
    account_key: Vec<u8>,
    source: String,
    failures: i32,
    locks: i32,
    since: Option<i64>,
    last_at: Option<i64>,
    locked_until: Option<i64>,
    touched_at: i64,
}

impl PairRecord {
    fn of(account: &AccountKey, source: &str, state: &PairState, touched_at: i64) -> Self {
        let row = state.to_stored();
        Self {
            account_key: account.as_bytes().to_vec(),
            source: source.to_owned(),
            failures: row.failures,
            locks: row.locks,
            since: row.since,
            last_at: row.last_at,
            locked_until: row.locked_until,
            touched_at,
        }
    }
}

pub(super) fn load(tx: &mut WriteTx<'_>, account: &AccountKey, source: &str) -> Answer<PairState> {
    let empty = PairRecord::of(account, source, &PairState::default(), 0);
    let columns: Columns = tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(login_pairs::table)
                .values(&empty)
                .on_conflict((login_pairs::account_key, login_pairs::source))
                .do_update()
                .set(login_pairs::touched_at.eq(login_pairs::touched_at))
                .returning((
                    login_pairs::failures,
                    login_pairs::locks,
                    login_pairs::since,
                    login_pairs::last_at,
                    login_pairs::locked_until,
                ))
                .get_result(connection)
        })
    })?;
    PairState::from_stored(&series::row_of(columns)).map_err(corrupt("login_pairs", source))
}

pub(super) fn store(
    tx: &mut WriteTx<'_>,
    account: &AccountKey,
    source: &str,
    state: &PairState,
    now: DateTime<Utc>,
) -> Answer<()> {
    let record = PairRecord::of(account, source, state, micros(now));
    tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(login_pairs::table)
                .values(&record)
                .on_conflict((login_pairs::account_key, login_pairs::source))
                .do_update()
                .set(&record)
                .execute(connection)
        })
    })
    .map(drop)
}
