//! Wrong codes of an account's second factor.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use dango_auth_core::lockout::{FactorRow, FactorState};
use diesel::prelude::*;

use super::series::{self, corrupt};
use crate::Answer;
use crate::link::on_each;
use crate::row::micros;
use crate::schema::factor_attempts;
use crate::tx::WriteTx;

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = factor_attempts)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
struct FactorRecord {
    user_id: String,
    failures: i32,
    locks: i32,
    since: Option<i64>,
    last_at: Option<i64>,
    locked_until: Option<i64>,
    total: i32,
    touched_at: i64,
}

impl FactorRecord {
    fn of(user: UserId, state: &FactorState, touched_at: i64) -> Self {
        let FactorRow { series, total } = state.to_stored();
        Self {
            user_id: user.to_string(),
            failures: series.failures,
            locks: series.locks,
            since: series.since,
            last_at: series.last_at,
            locked_until: series.locked_until,
            total,
            touched_at,
        }
    }
}

type Columns = (i32, i32, Option<i64>, Option<i64>, Option<i64>, i32);

pub(super) fn load(tx: &mut WriteTx<'_>, user: UserId) -> Answer<FactorState> {
    let empty = FactorRecord::of(user, &FactorState::default(), 0);
    let columns: Columns = tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(factor_attempts::table)
                .values(&empty)
                .on_conflict(factor_attempts::user_id)
                .do_update()
                .set(factor_attempts::total.eq(factor_attempts::total))
                .returning((
                    factor_attempts::failures,
                    factor_attempts::locks,
                    factor_attempts::since,
                    factor_attempts::last_at,
                    factor_attempts::locked_until,
                    factor_attempts::total,
                ))
                .get_result(connection)
        })
    })?;
    let (failures, locks, since, last_at, locked_until, total) = columns;
    let series = series::row_of((failures, locks, since, last_at, locked_until));
    FactorState::from_stored(&FactorRow { series, total }).map_err(corrupt("factor_attempts", user))
}

pub(super) fn store(
    tx: &mut WriteTx<'_>,
    user: UserId,
    state: &FactorState,
    now: DateTime<Utc>,
) -> Answer<()> {
    let record = FactorRecord::of(user, state, micros(now));
    tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(factor_attempts::table)
                .values(&record)
                .on_conflict(factor_attempts::user_id)
                .do_update()
                .set(&record)
                .execute(connection)
        })
    })
    .map(drop)
}
