//! One connection, to whichever database.
//!
//! Nearly every query is one text for both through the derive. What it rejects (see the table below)
//! goes through [`on_each`], which expands an expression once per backend.
//!
//! | rejected by the derive | way out |
//! |---|---|
//! | upsert, insert-or-ignore | `on_each`, or plain SQL that both understand |
//! | inserting several rows | `on_each` |
//! | `FOR UPDATE` | an upsert or update that returns the row, which locks it on both |
//! | returning a whole struct | return a column tuple |
//! | union | two queries |

#![allow(unreachable_pub, missing_docs, clippy::pedantic)] // expanded by the derive
#![allow(clippy::disallowed_methods)] // the derive has an `establish`, which nobody calls

use diesel::{PgConnection, SqliteConnection};

/// A connection to one of the two databases.
#[derive(diesel::MultiConnection)]
pub enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Expands an expression once for each backend, with the concrete connection at hand.
macro_rules! on_each {
    ($link:expr, $connection:ident => $body:expr) => {
        match $link {
            $crate::link::Link::Sqlite($connection) => $body,
            $crate::link::Link::Postgres($connection) => $body,
        }
    };
}
pub(crate) use on_each;
