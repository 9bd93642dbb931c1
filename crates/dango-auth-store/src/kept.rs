//! Answers kept for requests that are repeated.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::Answer;
use crate::keys::Place;
use crate::ports::{IdempotencyReads, IdempotencyWrites, KeptAnswer};
use crate::row::{Row, micros};
use crate::schema::kept_answers;
use crate::tx::{ReadTx, WriteTx};

/// A row's key as one text; a caller has no line breaks.
fn row_key(caller: &str, key: &str) -> String {
    format!("{caller}\n{key}")
}

fn place(row: &str) -> Place<'_> {
    Place {
        table: "kept_answers",
        column: "sealed",
        row,
    }
}

impl IdempotencyReads for ReadTx<'_> {
    fn kept_answer(
        &mut self,
        caller: &str,
        key: &str,
        now: DateTime<Utc>,
    ) -> Answer<Option<KeptAnswer>> {
        let found: Option<(Vec<u8>, Vec<u8>)> = self.query(|link| {
            kept_answers::table
                .find((caller, key))
                .filter(kept_answers::expires_at.gt(micros(now)))
                .select((kept_answers::fingerprint, kept_answers::sealed))
                .get_result(link)
                .optional()
        })?;
        let Some((fingerprint, sealed)) = found else {
            return Ok(None);
        };
        let id = row_key(caller, key);
        let answer = self.keys().open(place(&id), &sealed)?.to_vec();
        let row = Row {
            table: "kept_answers",
            id: &id,
        };
        Ok(Some(KeptAnswer {
            fingerprint: row.bytes("fingerprint", &fingerprint)?,
            answer,
        }))
    }
}

impl IdempotencyWrites for WriteTx<'_> {
    fn keep_answer(
        &mut self,
        caller: &str,
        key: &str,
        answer: &KeptAnswer,
        expires_at: DateTime<Utc>,
    ) -> Answer<()> {
        let sealed = self
            .sealer()?
            .seal(place(&row_key(caller, key)), &answer.answer)?;
        self.query(|link| diesel::delete(kept_answers::table.find((caller, key))).execute(link))?;
        let row = (
            kept_answers::caller.eq(caller),
            kept_answers::request_key.eq(key),
            kept_answers::fingerprint.eq(answer.fingerprint.as_slice()),
            kept_answers::sealed.eq(sealed),
            kept_answers::expires_at.eq(micros(expires_at)),
        );
        self.query(|link| {
            diesel::insert_into(kept_answers::table)
                .values(row)
                .execute(link)
        })
        .map(drop)
    }

    fn sweep_answers(&mut self, now: DateTime<Utc>, limit: u32) -> Answer<u64> {
        let lapsed: Vec<(String, String)> = self.query(|link| {
            kept_answers::table
                .filter(kept_answers::expires_at.le(micros(now)))
                .order(kept_answers::expires_at.asc())
                .select((kept_answers::caller, kept_answers::request_key))
                .limit(i64::from(limit))
                .load(link)
        })?;
        for (caller, key) in &lapsed {
            self.query(|link| {
                diesel::delete(kept_answers::table.find((caller, key))).execute(link)
            })?;
        }
        Ok(lapsed.len() as u64)
    }
}
