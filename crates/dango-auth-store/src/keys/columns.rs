//! Every sealed column, for sealing all of them anew.
//!
//! A test compares this list with the columns of the schema: one that is forgotten would be lost with the
//! old key.

use diesel::prelude::*;
use diesel::result::QueryResult;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

use crate::link::Link;
use crate::row::Count;

/// A column of envelopes. The SQL is the same on both backends.
#[derive(Clone, Copy, Debug)]
pub(super) struct SealedColumn {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    /// What an envelope is bound to, as an expression over the row.
    key: &'static str,
}

/// All of them but those of `kept_keys`, which are sealed anew when the key is replaced.
pub(super) const SEALED: [SealedColumn; 4] = [
    SealedColumn {
        table: "users",
        column: "password_sealed",
        key: "id",
    },
    SealedColumn {
        table: "second_factors",
        column: "seed_sealed",
        key: "user_id",
    },
    SealedColumn {
        table: "api_keys",
        column: "bcrypt_sealed",
        key: "id",
    },
    SealedColumn {
        table: "kept_answers",
        column: "sealed",
        key: "caller || '\n' || request_key",
    },
];

/// A row's envelope.
#[derive(QueryableByName)]
pub(super) struct Envelope {
    #[diesel(sql_type = Text)]
    pub(super) row_key: String,
    #[diesel(sql_type = Binary)]
    pub(super) sealed: Vec<u8>,
}

impl SealedColumn {
    /// How many envelopes there are.
    pub(super) fn count(self, link: &mut Link) -> QueryResult<i64> {
        let Self { table, column, .. } = self;
        let sql = format!("SELECT COUNT({column}) AS count FROM {table}");
        Ok(sql_query(sql).get_result::<Count>(link)?.count)
    }

    /// Envelopes behind a row, by the row's key.
    pub(super) fn after(
        self,
        link: &mut Link,
        row: &str,
        limit: i64,
    ) -> QueryResult<Vec<Envelope>> {
        let Self { table, column, key } = self;
        let sql = format!(
            "SELECT {key} AS row_key, {column} AS sealed FROM {table} \
             WHERE {column} IS NOT NULL AND {key} > $1 ORDER BY {key} LIMIT $2"
        );
        sql_query(sql)
            .bind::<Text, _>(row)
            .bind::<BigInt, _>(limit)
            .load(link)
    }

    /// Puts an envelope in the place of another, unless somebody was faster.
    pub(super) fn replace(
        self,
        link: &mut Link,
        row: &str,
        old: &[u8],
        new: &[u8],
    ) -> QueryResult<usize> {
        let Self { table, column, key } = self;
        let sql = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
        sql_query(sql)
            .bind::<Binary, _>(new)
            .bind::<Text, _>(row)
            .bind::<Binary, _>(old)
            .execute(link)
    }
}
