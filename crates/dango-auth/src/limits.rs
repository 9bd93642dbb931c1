//! How many requests an address may make.
//!
//! Sign-in attempts are counted in the store, so that the limit holds over all servers; other requests
//! are counted in this process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{Act, Actor, EventName, Origin, Target, Via};
use dango_auth_core::client_address::Source;
use dango_auth_core::limiter::{BurstLimit, LimitDecision, Rate, Recent, SlidingLimit};
use dango_auth_store::WriteTx;
use dango_auth_store::ports::{AuditWrites as _, LimitWrites as _};

use crate::auth::Auth;
use crate::error::Error;
use crate::settings::{RequestBudget, Settings};

/// Addresses remembered at one time; beyond that those with a full budget are forgotten first, and if
/// none has one, the request counts without being remembered as its own.
const REMEMBERED: usize = 100_000;

/// When each address has its whole budget again.
#[derive(Default)]
pub(crate) struct Budgets(Mutex<HashMap<Source, DateTime<Utc>>>);

/// Rate limits.
#[derive(Clone)]
pub struct Limits<'a> {
    auth: &'a Auth,
}

impl<'a> Limits<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Counts an attempt to sign in; `None` where limits are switched off.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be counted.
    pub fn login(&self, source: Source) -> Result<Option<LimitDecision>, Error> {
        let settings = self.auth.settings()?;
        if !settings.rate_limit.enabled {
            return Ok(None);
        }
        let limit = SlidingLimit::new(rate(settings.rate_limit.login)?);
        let key = format!("login:{source}");
        let now = self.auth.now();
        let decided = self.auth.inner.store.write(|tx| {
            let mut recent: Recent = tx.limit_log(&key)?;
            let decision = limit.admit(&mut recent, now);
            if decision.admitted {
                tx.put_limit_log(&key, &recent, now)?;
            } else {
                note_once(tx, limit, source, now)?;
            }
            Ok::<_, Error>(decision)
        })?;
        self.count(decided, true);
        Ok(Some(decided))
    }

    fn count(&self, decision: LimitDecision, login: bool) {
        if !decision.admitted {
            self.auth.inner.counters.limited(login);
        }
    }

    /// Counts any other request; `None` where limits are switched off.
    ///
    /// # Errors
    /// [`Error::Store`] when the settings cannot be read.
    pub fn general(&self, source: Source) -> Result<Option<LimitDecision>, Error> {
        self.general_under(&*self.auth.settings()?, source)
    }

    /// Counts any other request under settings that are in force; never waits for the store.
    ///
    /// # Errors
    /// [`Error::Internal`] for a limit that was not checked.
    pub fn general_under(
        &self,
        settings: &Settings,
        source: Source,
    ) -> Result<Option<LimitDecision>, Error> {
        if !settings.rate_limit.enabled {
            return Ok(None);
        }
        let limit = BurstLimit::new(rate(settings.rate_limit.api)?);
        let budgets = &self.auth.inner.budgets;
        let decision = budgets.admit(limit, source, self.auth.now());
        self.count(decision, false);
        Ok(Some(decision))
    }
}

/// Notes that an address ran into the limit, once per window: the log is not there to be flooded.
fn note_once(
    tx: &mut WriteTx<'_>,
    limit: SlidingLimit,
    source: Source,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let once = SlidingLimit::new(rate(RequestBudget {
        requests: 1,
        window_seconds: u32::try_from(limit.rate().window().num_seconds()).unwrap_or(60),
    })?);
    let key = format!("noted:{source}");
    let mut noted: Recent = tx.limit_log(&key)?;
    if !once.admit(&mut noted, now).admitted {
        return Ok(());
    }
    tx.put_limit_log(&key, &noted, now)?;
    let mut origin = Origin::local(Via::System);
    origin.ip = Some(source.network());
    let act = Act {
        actor: Actor::anonymous(""),
        origin,
        at: now,
    };
    let event = act.event(EventName::RATE_LIMIT_HIT, Target::system("login"));
    tx.note(event.detail("limit", limit.rate().requests()).denied());
    Ok(())
}

impl Budgets {
    fn admit(&self, limit: BurstLimit, source: Source, now: DateTime<Utc>) -> LimitDecision {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED && !known.contains_key(&source) {
            known.retain(|_, full_again_at| *full_again_at > now);
        }
        let (decision, full_again_at) = limit.admit(known.get(&source).copied(), now);
        let room = known.len() < REMEMBERED || known.contains_key(&source);
        if let Some(at) = full_again_at
            && room
        {
            known.insert(source, at);
        }
        decision
    }
}

fn rate(budget: RequestBudget) -> Result<Rate, Error> {
    Rate::new(budget.requests, budget.window_seconds)
        .map_err(|_| Error::Internal("a rate limit that was checked does not fit"))
}
