//! Requests counted against the rate limits.

use chrono::{DateTime, Utc};
use dango_auth_core::limiter::Recent;
use diesel::prelude::*;

use super::sweep::sweep_by_key;
use crate::Answer;
use crate::link::on_each;
use crate::ports::LimitWrites;
use crate::row::{Row, micros};
use crate::schema::limit_logs;
use crate::tx::WriteTx;

impl LimitWrites for WriteTx<'_> {
    fn limit_log(&mut self, key: &str) -> Answer<Recent> {
        let empty = (
            limit_logs::limit_key.eq(key),
            limit_logs::log.eq(Recent::default().to_bytes()),
            limit_logs::touched_at.eq(0),
        );
        let log: Vec<u8> = self.query(|link| {
            on_each!(link, connection => {
                diesel::insert_into(limit_logs::table)
                    .values(empty)
                    .on_conflict(limit_logs::limit_key)
                    .do_update()
                    .set(limit_logs::touched_at.eq(limit_logs::touched_at))
                    .returning(limit_logs::log)
                    .get_result(connection)
            })
        })?;
        Row {
            table: "limit_logs",
            id: key,
        }
        .need("log", Recent::from_bytes(&log))
    }

    fn put_limit_log(&mut self, key: &str, log: &Recent, now: DateTime<Utc>) -> Answer<()> {
        let content = (
            limit_logs::log.eq(log.to_bytes()),
            limit_logs::touched_at.eq(micros(now)),
        );
        self.query(|link| {
            on_each!(link, connection => {
                diesel::insert_into(limit_logs::table)
                    .values((limit_logs::limit_key.eq(key), content.clone()))
                    .on_conflict(limit_logs::limit_key)
                    .do_update()
                    .set(content)
                    .execute(connection)
            })
        })
        .map(drop)
    }

    fn sweep_limits(&mut self, before: DateTime<Utc>, limit: u32) -> Answer<u64> {
        let (before, limit) = (micros(before), i64::from(limit));
        sweep_by_key!(self, limit_logs, limit_key: String, touched_at, before, limit)
    }
}
