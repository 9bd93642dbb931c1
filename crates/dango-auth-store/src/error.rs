//! What can go wrong with the store, in words for the person who has to act.

use std::fmt;

/// What another record already holds, or what changed meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clash {
    /// The record changed since it was read (HTTP 412, `stale_version`).
    Stale,
    /// A record with this id exists.
    Id,
    /// The username is somebody's login name.
    Username,
    /// The address is somebody's login name.
    Email,
    /// A workspace has this name.
    Workspace,
    /// The owner has a key of this name.
    KeyName,
    /// Setup was completed before.
    SetupDone,
    /// The second factor is on already.
    SecondFactorOn,
    /// The key was in force before, or is.
    KeyUsed,
}

impl Clash {
    const fn text(self) -> &'static str {
        match self {
            Self::Stale => "it was changed by somebody else meanwhile; read it again",
            Self::Id => "a record with this id exists already",
            Self::Username => "this username is already taken",
            Self::Email => "this email is already taken",
            Self::Workspace => "a workspace with this name exists already",
            Self::KeyName => "there is already a key with this name",
            Self::SetupDone => "setup was completed before",
            Self::SecondFactorOn => "the second factor is already on",
            Self::KeyUsed => "this key is or was in use for this database; take a new one",
        }
    }
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A request the store could not carry out. No text holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A record that was named does not exist (any more).
    #[error("{what} {name} does not exist")]
    NotFound {
        /// What sort of record.
        what: &'static str,
        /// Which one.
        name: String,
    },
    /// Another record or a change made meanwhile stands in the way; nothing was written.
    #[error("{what}")]
    Conflict {
        /// What stands in the way.
        what: Clash,
    },
    /// The database cannot be reached or does not answer in time.
    #[error("the database is not available: {reason}")]
    Unavailable {
        /// Why.
        reason: String,
        /// Whether trying again soon makes sense.
        retry: bool,
    },
    /// A stored value is not what the program wrote.
    #[error("the database holds a damaged value in {table}.{column} of row {id}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        id: String,
    },
    /// The database was migrated by a newer version of the program.
    #[error(
        "the database is newer than this program (it has migration {found}); update the program"
    )]
    NewerSchema {
        /// The first migration this program does not know.
        found: String,
    },
    /// The secret key is not the one the database was made with.
    #[error(
        "the secret key does not belong to this database; put back the key it was made with, or the one that replaced it"
    )]
    WrongKey,
    /// There is no database yet.
    #[error("there is no database at {path}; run `dango init` first")]
    Missing {
        /// Where it was looked for.
        path: String,
    },
    /// The file is not a database, or its pages are damaged.
    #[error("{path} is damaged or is not a database; restore it from a backup")]
    NotADatabase {
        /// Where.
        path: String,
    },
    /// The database belongs to another program.
    #[error("the database at {path} belongs to another program; choose another one")]
    Foreign {
        /// Where.
        path: String,
    },
    /// The database cannot be written: a read-only file or a replica.
    #[error("the database is read-only")]
    ReadOnly,
    /// A location or option that cannot work.
    #[error("{reason}")]
    BadLocation {
        /// Why.
        reason: String,
    },
}

impl StoreError {
    /// Whether the record changed since the caller read it.
    pub const fn is_stale(&self) -> bool {
        matches!(self, Self::Conflict { what: Clash::Stale })
    }

    /// Whether something stands in the way of the write, be it a change made meanwhile.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Whether the database as a whole cannot be used now, so that the doors stay closed
    /// (contract §3.8).
    pub const fn is_unavailable(&self) -> bool {
        !matches!(
            self,
            Self::NotFound { .. } | Self::Conflict { .. } | Self::Corrupt { .. }
        )
    }

    /// Whether trying again soon makes sense.
    pub const fn is_worth_retrying(&self) -> bool {
        matches!(self, Self::Unavailable { retry: true, .. })
    }

    pub(crate) fn stale() -> Self {
        Self::Conflict { what: Clash::Stale }
    }

    pub(crate) fn clash(what: Clash) -> Self {
        Self::Conflict { what }
    }

    pub(crate) fn not_found(what: &'static str, name: impl fmt::Display) -> Self {
        Self::NotFound {
            what,
            name: name.to_string(),
        }
    }

    pub(crate) fn corrupt(
        table: &'static str,
        column: &'static str,
        id: impl fmt::Display,
    ) -> Self {
        Self::Corrupt {
            table,
            column,
            id: id.to_string(),
        }
    }

    pub(crate) fn unavailable(reason: impl Into<String>, retry: bool) -> Self {
        Self::Unavailable {
            reason: reason.into(),
            retry,
        }
    }
}
