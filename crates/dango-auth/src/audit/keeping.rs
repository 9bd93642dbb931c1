//! Taking old events out of the log, and erasing what names a person who is gone (ADR 0011).

use chrono::{DateTime, TimeDelta, Utc};
use dango_auth_core::audit::{EventName, Target};
use dango_auth_core::name::LoginName;
use dango_auth_core::permission::builtin;
use dango_auth_store::ports::{AuditKeeping as _, AuditWrites as _, UserReads as _};

use super::Audit;
use crate::caller::Caller;
use crate::error::Error;

/// Events of one transaction: short enough that nobody waits for it.
const AT_ONCE: u32 = 5000;

/// What taking out did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// How many events were taken out.
    pub events: u64,
    /// The last of them; 0 when there was none.
    pub through: i64,
}

/// What erasing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasedPerson {
    /// Events of which a part was erased.
    pub events: u64,
    /// Events that name the person but were written before erasing was possible; only taking them out helps.
    pub too_old: u64,
}

impl Audit<'_> {
    /// Takes the oldest events out, up to the first that happened at or after `before`.
    ///
    /// What is left stays verifiable: a sealed checkpoint vouches for where it begins.
    ///
    /// # Errors
    /// [`Error::Denied`] without `auth.manage`; [`Error::Store`].
    pub fn prune(&self, caller: &Caller, before: DateTime<Utc>) -> Result<Pruned, Error> {
        self.auth.authorise(caller, builtin::AUTH_MANAGE)?;
        let store = &self.auth.inner.store;
        let through = store.write(|tx| Ok::<_, Error>(tx.last_event_before(before)?))?;
        let mut events = 0;
        loop {
            let taken = store.write(|tx| Ok::<_, Error>(tx.take_out_events(through, AT_ONCE)?))?;
            if taken == 0 {
                break;
            }
            events += taken;
        }
        let through = if events == 0 { 0 } else { through };
        if events > 0 {
            let event = caller
                .act(self.auth.now())
                .event(EventName::AUDIT_PRUNED, Target::system("audit"))
                .detail("before", before.to_rfc3339())
                .detail("events", events)
                .detail("through", through);
            store.write(|tx| {
                tx.note(event.clone());
                Ok::<_, Error>(())
            })?;
        }
        Ok(Pruned { events, through })
    }

    /// Takes out what is older than the setting `audit.retention_days` says, if it says anything.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn keep_retention(&self) -> Result<Pruned, Error> {
        let days = self.auth.settings()?.audit.retention_days;
        if days == 0 {
            return Ok(Pruned {
                events: 0,
                through: 0,
            });
        }
        let origin = dango_auth_core::audit::Origin::local(dango_auth_core::audit::Via::System);
        let caller = self.auth.system_caller("retention", origin);
        self.prune(&caller, self.auth.now() - TimeDelta::days(days.into()))
    }

    /// Erases a person's names, addresses and whatever details mention them, in every event.
    ///
    /// # Errors
    /// [`Error::Denied`] without `auth.manage`; [`Error::Fields`] on `email` while there is an account of that name;
    /// [`Error::Store`].
    pub fn erase_person(&self, caller: &Caller, login: &LoginName) -> Result<ErasedPerson, Error> {
        self.auth.authorise(caller, builtin::AUTH_MANAGE)?;
        let store = &self.auth.inner.store;
        let person = store.read(|tx| {
            if tx.user_by_login(login)?.is_some() {
                let message = "there is an account of this name; delete it first";
                return Err(Error::field("email", "account_exists", message));
            }
            Ok(())
        });
        person?;
        let person = store.write(|tx| Ok::<_, Error>(tx.person_in_log(login.as_str())?))?;
        let (mut erased, mut after) = (
            ErasedPerson {
                events: 0,
                too_old: 0,
            },
            0,
        );
        loop {
            let done = store.write(|tx| Ok::<_, Error>(tx.erase_person(&person, after)?))?;
            erased.events += done.rows;
            erased.too_old += done.too_old;
            match done.last {
                Some(last) => after = last,
                None => break,
            }
        }
        if erased.events > 0 {
            let event = caller
                .act(self.auth.now())
                .event(EventName::AUDIT_ERASED, Target::system("audit"))
                .detail("events", erased.events)
                .detail("accounts", person.ids.join(", "));
            store.write(|tx| {
                tx.note(event.clone());
                Ok::<_, Error>(())
            })?;
        }
        Ok(erased)
    }
}
