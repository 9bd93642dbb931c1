//! The audit log: asking it, exporting it, checking its chain, keeping it in bounds.

mod anchors;
mod keeping;

use dango_auth_core::audit::{EventName, Target};
use dango_auth_core::permission::builtin;
use dango_auth_store::ports::{
    AuditFilter, AuditReads as _, AuditWrites as _, ChainReport, EventTime, Page, StoredEvent,
};

use crate::auth::{Auth, printable};
use crate::caller::Caller;
use crate::error::Error;

pub use anchors::AnchorWhen;
pub(crate) use anchors::{Anchored, note_restored};
pub use keeping::{ErasedPerson, Pruned};

/// Longest page of events (contract §4.1).
pub const EVENTS_MAX: u32 = 1000;

/// The audit log.
#[derive(Clone)]
pub struct Audit<'a> {
    auth: &'a Auth,
}

impl<'a> Audit<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Reads an event type as somebody asks for it: one of ours, or one that occurs in the log.
    ///
    /// # Errors
    /// [`Error::Fields`] on `type`, listing the built-in ones.
    pub fn parse_type(&self, text: &str) -> Result<EventName, Error> {
        if let Ok(name) = EventName::parse(text)
            && (name.is_built_in() || self.occurs(&name)?)
        {
            return Ok(name);
        }
        let known = EventName::BUILT_IN.join(", ");
        let message = format!(
            "there is no event type {}; types are {known}",
            printable(text)
        );
        Err(Error::field("type", "unknown_event_type", message))
    }

    fn occurs(&self, name: &EventName) -> Result<bool, Error> {
        self.auth
            .inner
            .store
            .read(|tx| Ok(tx.event_name_exists(name)?))
    }

    /// Name and time of the newest events with one of the filter's names, at most `limit`: for charts.
    ///
    /// # Errors
    /// [`Error::Denied`] without `audit.view`.
    pub fn times(
        &self,
        caller: &Caller,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<EventTime>, Error> {
        let limit = limit.clamp(1, EVENTS_MAX);
        self.auth.look(caller, builtin::AUDIT_VIEW, |tx| {
            Ok(tx.event_times(filter, limit)?)
        })
    }

    /// Events, newest first.
    ///
    /// # Errors
    /// [`Error::Denied`] without `audit.view`; [`Error::Store`].
    pub fn query(
        &self,
        caller: &Caller,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Page<StoredEvent>, Error> {
        let limit = limit.clamp(1, EVENTS_MAX);
        self.auth.look(caller, builtin::AUDIT_VIEW, |tx| {
            Ok(tx.events(filter, limit)?)
        })
    }

    /// Notes that somebody took a copy of the log away.
    ///
    /// # Errors
    /// [`Error::Denied`] without `audit.view`; [`Error::Store`].
    pub fn note_export(&self, caller: &Caller, format: &str, rows: usize) -> Result<(), Error> {
        self.auth.authorise(caller, builtin::AUDIT_VIEW)?;
        let act = caller.act(self.auth.now());
        let event = act
            .event(EventName::AUDIT_EXPORTED, Target::system("audit"))
            .detail("format", format)
            .detail("rows", rows);
        self.auth.inner.store.write(|tx| {
            tx.note(event.clone());
            Ok(())
        })
    }

    /// Checks every row of the log against its chain and against the anchors outside of the database.
    ///
    /// # Errors
    /// [`Error::Denied`] without `audit.view`; [`Error::Store`].
    pub fn verify(&self, caller: &Caller) -> Result<ChainReport, Error> {
        let anchors = self.anchors()?;
        self.auth.look(caller, builtin::AUDIT_VIEW, |tx| {
            Ok(tx.verify_chain(&anchors)?)
        })
    }

    /// The last sequence number and its link, as hexadecimal text.
    ///
    /// # Errors
    /// [`Error::Denied`] without `audit.view`; [`Error::Store`].
    pub fn head(&self, caller: &Caller) -> Result<(i64, String), Error> {
        let (id, link) = self
            .auth
            .look(caller, builtin::AUDIT_VIEW, |tx| Ok(tx.audit_head()?))?;
        Ok((id, hex::encode(link)))
    }
}
