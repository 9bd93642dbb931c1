//! Metabase rights that follow roles.
//!
//! ```text
//! a change of a person ──> outbox row, in its transaction ──> Courier ──> Metabase
//! every 15 minutes     ──> everybody compared ──> outbox rows ──^
//! ```
//!
//! The outbox holds who has to be brought in line, not what to do: a delivery looks at the person here and at
//! the account there and takes the steps in between ([`dango_auth_core::metabase`]). Doing it twice does
//! nothing, and a person who changed a hundred times during an outage is delivered once, as they are now.
//!
//! Whether a server is followed stands in the database, so that every process that changes people queues them,
//! whatever its own configuration. A server that starts with `metabase.url` switches it on and queues everybody;
//! one that starts without switches it off.

mod call;
mod client;
mod compare;
mod courier;
mod deliver;
mod trouble;
mod worker;

pub use compare::{Comparison, Difference, Reason};
pub use courier::{Courier, Round};
pub use worker::Worker;

use dango_auth_core::permission::builtin;
use dango_auth_store::ports::{
    MetabaseChanges as _, MetabaseReads as _, Mirror, OutboxLength, Waiting,
};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use trouble::Trouble;

/// How many of the people who wait are named.
const NAMED: u32 = 20;

/// Why Metabase was not looked at or not brought in line.
#[derive(Debug, thiserror::Error)]
pub enum MetabaseError {
    /// There is none in the configuration.
    #[error("no Metabase is configured; set metabase.url and how to sign in there")]
    NotConfigured,
    /// It cannot be used now.
    #[error("the Metabase server cannot be used: {0}")]
    Unavailable(String),
    /// A use case that is part of it.
    #[error(transparent)]
    Auth(#[from] Error),
}

impl From<Trouble> for MetabaseError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Own(error) => Self::Auth(error),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// How the mirror stands, from our own store alone.
#[derive(Clone, Debug)]
pub struct MirrorReport {
    /// The mirror.
    pub mirror: Mirror,
    /// How much waits.
    pub waiting: OutboxLength,
    /// Who waits, longest first; the first of them when there are many.
    pub people: Vec<Waiting>,
}

impl MirrorReport {
    pub(crate) fn read(tx: &mut dango_auth_store::ReadTx<'_>) -> Result<Option<Self>, Error> {
        let Some(mirror) = tx.mirror()? else {
            return Ok(None);
        };
        Ok(Some(Self {
            mirror,
            waiting: tx.outbox_length()?,
            people: tx.outbox(NAMED)?,
        }))
    }

    /// What an operator should look at: an outage, or people with whom it fails.
    pub fn warning(&self) -> Option<String> {
        let OutboxLength {
            people, failing, ..
        } = self.waiting;
        if let Some(outage) = &self.mirror.outage {
            return Some(format!(
                "Metabase cannot be used since {}, {people} people wait: {}",
                outage.since.format("%Y-%m-%d %H:%M UTC"),
                outage.error
            ));
        }
        (failing > 0).then(|| {
            format!(
                "{failing} people could not be brought in line in Metabase; \
                 see `dango auth sync --check`"
            )
        })
    }
}

/// What bringing everybody in line did.
#[derive(Clone, Debug)]
pub struct SyncReport {
    /// What was found before.
    pub before: Comparison,
    /// What was done.
    pub done: Round,
    /// How it stands now.
    pub after: MirrorReport,
}

/// Metabase, and what of it follows from roles here.
#[derive(Clone, Copy)]
pub struct Metabase<'a> {
    auth: &'a Auth,
}

impl<'a> Metabase<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Follows the configured server from now on, or none where none is configured; for the start of a server.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn follow(&self) -> Result<(), Error> {
        let target = self.auth.settings()?.metabase.target();
        let store = &self.auth.inner.store;
        let now = self.auth.now();
        let before = store.read(|tx| tx.mirror())?.map(|mirror| mirror.url);
        let wanted = target.map(|target| target.url);
        if before == wanted {
            return Ok(());
        }
        store.change(|tx| match &wanted {
            Some(url) => tx.attach(url, now),
            None => tx.detach(),
        })?;
        if let Some(url) = wanted {
            tracing::info!(url, "roles are mirrored to Metabase from now on");
        } else {
            tracing::info!("roles are no longer mirrored to Metabase");
        }
        Ok(())
    }

    /// How the mirror stands; nothing when no server is followed. Metabase is not asked.
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.view`; [`Error::Store`].
    pub fn standing(&self, caller: &Caller) -> Result<Option<MirrorReport>, Error> {
        self.auth
            .look(caller, builtin::USERS_VIEW, MirrorReport::read)
    }

    /// Compares everybody; changes nothing.
    ///
    /// # Errors
    /// [`MetabaseError`]; [`Error::Denied`] without `auth.manage`.
    pub fn check(&self, caller: &Caller) -> Result<Comparison, MetabaseError> {
        self.auth.authorise(caller, builtin::AUTH_MANAGE)?;
        Ok(self.courier()?.compare()?)
    }

    /// Compares everybody and brings everybody in line now; `step` hears of each person.
    ///
    /// # Errors
    /// [`MetabaseError`]; [`Error::Denied`] without `auth.manage`.
    pub fn sync(
        &self,
        caller: &Caller,
        mut step: impl FnMut(&Round),
    ) -> Result<SyncReport, MetabaseError> {
        self.auth.authorise(caller, builtin::AUTH_MANAGE)?;
        let mut courier = self.courier()?;
        self.follow()?;
        let (done, before) = courier.everything(&mut step)?;
        let after = self.auth.inner.store.read(MirrorReport::read)?;
        Ok(SyncReport {
            before,
            done,
            after: after.ok_or(Error::Internal("the mirror was switched off meanwhile"))?,
        })
    }

    fn courier(self) -> Result<Courier, MetabaseError> {
        Courier::new(self.auth)?.ok_or(MetabaseError::NotConfigured)
    }
}
