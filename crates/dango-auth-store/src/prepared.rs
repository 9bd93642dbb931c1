//! Statements that stay prepared.
//!
//! The query builder prepares every update, every list of values and every insert of several rows anew, because
//! it cannot know that their text is one of few. Whoever writes the statement knows it and says so here: SQLite
//! then parses it once for each connection, and PostgreSQL is asked once for it.
//!
//! It has to be loaded: a statement that is executed reaches the connection behind a reference, which does not pass
//! on what it says of itself. So an update returns something of its rows, which are counted.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::QueryResult;

use crate::link::Link;

/// Says of a statement whether it stays prepared.
pub(crate) trait StayPrepared: Sized {
    /// For a statement that has always the same text.
    fn stay_prepared(self) -> Prepared<Self> {
        self.stay_prepared_if(true)
    }

    /// For a statement whose text has a part for each of some values: as long as they are this few.
    fn stay_prepared_if(self, few: bool) -> Prepared<Self> {
        Prepared {
            statement: self,
            stays: few,
        }
    }
}

impl<S: QueryId> StayPrepared for S {}

/// A statement that is kept under its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepared<S> {
    statement: S,
    stays: bool,
}

impl<S> Prepared<S> {
    /// Runs it and tells of how many rows it returned something of this type.
    pub(crate) fn count<'query, T>(self, link: &mut Link) -> QueryResult<usize>
    where
        Self: LoadQuery<'query, Link, T>,
    {
        self.load::<T>(link).map(|rows| rows.len())
    }
}

impl<S> QueryId for Prepared<S> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S: Query> Query for Prepared<S> {
    type SqlType = S::SqlType;
}

impl<S, C> RunQueryDsl<C> for Prepared<S> {}

impl<S, DB> QueryFragment<DB> for Prepared<S>
where
    DB: Backend,
    S: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, backend: &DB) -> QueryResult<bool> {
        Ok(self.stays || self.statement.is_safe_to_cache_prepared(backend)?)
    }
}
