//! The platform's own tables, beside those of dango-auth and in a file of their own.

use std::sync::{Mutex, PoisonError};

use diesel::prelude::*;
use serde::Serialize;

diesel::table! {
    things (kind, workspace, name) {
        kind -> Text,
        workspace -> Nullable<Text>,
        name -> Text,
        last_act -> Text,
        by_whom -> Text,
    }
}

/// A source, model, notebook and so on, with what was last done to it.
#[derive(Debug, Serialize, Queryable, Insertable)]
#[diesel(table_name = things)]
pub(crate) struct Thing {
    pub(crate) kind: String,
    pub(crate) workspace: Option<String>,
    pub(crate) name: String,
    pub(crate) last_act: String,
    pub(crate) by_whom: String,
}

/// The tables.
pub(crate) struct Tables(Mutex<SqliteConnection>);

impl Tables {
    /// Opens them, made where they are missing.
    #[allow(
        clippy::disallowed_methods,
        reason = "the example's own database, not the store's"
    )]
    pub(crate) fn open(file: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let mut connection = SqliteConnection::establish(file)?;
        diesel::sql_query(
            "CREATE TABLE IF NOT EXISTS things (kind TEXT NOT NULL, workspace TEXT, name TEXT NOT NULL,
             last_act TEXT NOT NULL, by_whom TEXT NOT NULL)",
        )
        .execute(&mut connection)?;
        Ok(Self(Mutex::new(connection)))
    }

    /// The things of a kind in a workspace, all or the one of that name.
    pub(crate) fn list(
        &self,
        kind: &str,
        workspace: Option<&str>,
        name: Option<&str>,
    ) -> QueryResult<Vec<Thing>> {
        let mut link = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut query = things::table
            .filter(things::kind.eq(kind))
            .filter(things::workspace.is(workspace))
            .into_boxed();
        if let Some(name) = name {
            query = query.filter(things::name.eq(name));
        }
        query.load(&mut *link)
    }

    /// Writes down what was done.
    pub(crate) fn put(&self, thing: Thing) -> QueryResult<Thing> {
        let mut link = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        diesel::insert_into(things::table)
            .values(&thing)
            .execute(&mut *link)?;
        Ok(thing)
    }
}
