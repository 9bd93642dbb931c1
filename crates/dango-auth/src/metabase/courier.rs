//! Taking what waits to Metabase: one person after the other, and a pause when nothing gets through.

use std::time::Duration as RealTime;

use chrono::Duration;
use dango_auth_core::audit::{Event, EventName, Origin, Target, Via};
use dango_auth_store::ports::{
    Claim, Lease, MetabaseChanges as _, MetabaseReads as _, MetabaseWrites as _, Mirror, Named,
    Outage,
};

use super::call::{PATIENCE, Stop};
use super::client::{Client, Ground};
use super::compare::{Comparison, compare};
use super::deliver::{Delivered, deliver};
use super::trouble::Trouble;
use crate::auth::Auth;
use crate::error::Error;
use crate::settings::MetabaseTarget;

/// How long a claimed person is nobody else's; longer than all calls for one person can take.
const LEASE: Duration = Duration::minutes(5);

/// How often everybody is compared (`field.md` §6.3: databases and people change there too).
const RECONCILE: Duration = Duration::minutes(15);

/// First and longest pause when Metabase cannot be used.
const OUTAGE_PAUSES: (Duration, Duration) = (Duration::seconds(5), Duration::minutes(5));

/// First and longest pause for one person with whom it fails.
const PERSON_PAUSES: (Duration, Duration) = (Duration::seconds(30), Duration::hours(1));

/// The failure in a row with which the audit log is told.
const REPORTED_AT: u32 = 5;

/// Takes what waits to Metabase.
///
/// One person is brought in line at a time, whoever has waited longest first. When Metabase cannot be used at
/// all, everybody waits: the pause grows from 5 seconds to 5 minutes and is shared by all servers of the
/// database, so an outage costs one call now and then and not one for each person.
pub struct Courier {
    auth: Auth,
    client: Client,
    url: String,
    holder: String,
    stop: Stop,
    /// Known since the server was last found usable.
    ground: Option<Ground>,
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// People who are in line now.
    pub delivered: usize,
    /// Those of them who have no account there, because Metabase takes none without a usual address.
    pub without_address: usize,
    /// People with whom it failed.
    pub failed: usize,
    /// Whether everybody was compared.
    pub compared: bool,
}

impl Courier {
    /// A courier to the configured server; nothing when none is configured.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Entropy`].
    pub fn new(auth: &Auth) -> Result<Option<Self>, Error> {
        Self::with_patience(auth, PATIENCE)
    }

    /// A courier that waits no longer than this for any answer.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Entropy`].
    pub fn with_patience(auth: &Auth, patience: RealTime) -> Result<Option<Self>, Error> {
        let Some(target) = auth.settings()?.metabase.target() else {
            return Ok(None);
        };
        Ok(Some(Self::to(auth, &target, patience)?))
    }

    fn to(auth: &Auth, target: &MetabaseTarget, patience: RealTime) -> Result<Self, Error> {
        let stop = Stop::default();
        Ok(Self {
            client: Client::new(target, patience, Stop::clone(&stop)),
            auth: auth.clone(),
            url: target.url.clone(),
            holder: auth.inner.ambient.uuid()?.to_string(),
            stop,
            ground: None,
        })
    }

    pub(super) fn stop(&self) -> Stop {
        Stop::clone(&self.stop)
    }

    /// Delivers to everybody who is due and, when it is time, compares everybody.
    ///
    /// # Errors
    /// [`Error::Store`]; what fails in Metabase is noted in the store and is no error here.
    pub fn round(&mut self) -> Result<Round, Error> {
        let Some(mirror) = self.mirror()? else {
            return Ok(Round::default());
        };
        let now = self.auth.now();
        if mirror.outage.as_ref().is_some_and(|o| o.retry_at > now) {
            return Ok(Round::default());
        }
        let due = self.auth.inner.store.read(|tx| tx.is_due(now))?;
        if !due && mirror.reconcile_at > now && mirror.outage.is_none() {
            return Ok(Round::default());
        }
        if mirror.outage.is_some() {
            self.ground = None;
        }
        let mut round = Round::default();
        match self.work(&mut round, &mut |_| {}) {
            Ok(()) | Err(Trouble::Stopped) => Ok(round),
            Err(Trouble::Own(error)) => Err(error),
            Err(trouble) => self.note_outage(&trouble).map(|()| round),
        }
    }

    /// Compares everybody now and delivers to all of them, those put off included; `step` hears of each.
    pub(super) fn everything(
        &mut self,
        step: &mut dyn FnMut(&Round),
    ) -> Result<(Round, Comparison), Trouble> {
        let now = self.auth.now();
        let done = self.compare_now().and_then(|comparison| {
            self.auth.inner.store.write(|tx| tx.hurry(now))?;
            let mut round = Round::default();
            self.work(&mut round, step)?;
            Ok((round, comparison))
        });
        if let Err(trouble @ (Trouble::Outage(_) | Trouble::Failing(_))) = &done {
            self.note_outage(trouble)?;
        }
        done
    }

    /// Compares everybody; changes nothing.
    pub(super) fn compare(&mut self) -> Result<Comparison, Trouble> {
        compare(&self.auth, &mut self.client)
    }

    /// The mirror, as long as it is of the server this courier goes to.
    fn mirror(&self) -> Result<Option<Mirror>, Error> {
        let mirror = self.auth.inner.store.read(|tx| tx.mirror())?;
        Ok(mirror.filter(|mirror| mirror.url == self.url))
    }

    fn work(&mut self, round: &mut Round, step: &mut dyn FnMut(&Round)) -> Result<(), Trouble> {
        let was_ready = self.ground.is_some();
        self.ground()?;
        let now = self.auth.now();
        let store = self.auth.inner.store.clone();
        if store.write(|tx| tx.claim_reconcile(now, now + RECONCILE))? {
            if was_ready {
                self.ground = None;
            }
            self.compare_now()?;
            round.compared = true;
        }
        while let Some(claim) = self.claim()? {
            self.one(&claim, round)?;
            step(round);
        }
        if round.failed > 0 {
            // The group may be gone; it is looked for again when they are tried again.
            self.ground = None;
        }
        Ok(())
    }

    /// Group and rights, made ready again after each outage; its end is noted here.
    fn ground(&mut self) -> Result<Ground, Trouble> {
        if let Some(ground) = self.ground {
            return Ok(ground);
        }
        let ground = self.client.prepare()?;
        self.auth
            .inner
            .store
            .write(|tx| tx.note_outage(None, None))?;
        self.ground = Some(ground);
        Ok(ground)
    }

    fn compare_now(&mut self) -> Result<Comparison, Trouble> {
        self.ground()?;
        let comparison = compare(&self.auth, &mut self.client)?;
        let people = comparison.differences.iter().filter(|found| !found.waiting);
        let people: Vec<Named> = people.map(|found| found.person.clone()).collect();
        let drift = u32::try_from(people.len()).unwrap_or(u32::MAX);
        let now = self.auth.now();
        let store = &self.auth.inner.store;
        if !people.is_empty() {
            store.change(|tx| tx.queue(&people, now))?;
        }
        store.write(|tx| tx.note_reconciled(now, drift))?;
        Ok(comparison)
    }

    fn claim(&self) -> Result<Option<Claim>, Error> {
        let now = self.auth.now();
        let lease = Lease {
            holder: &self.holder,
            now,
            until: now + LEASE,
        };
        Ok(self.auth.inner.store.write(|tx| tx.claim(lease))?)
    }

    fn one(&mut self, claim: &Claim, round: &mut Round) -> Result<(), Trouble> {
        let store = self.auth.inner.store.clone();
        let done = self
            .ground()
            .and_then(|ground| deliver(&self.auth, &mut self.client, ground, &claim.waiting));
        match done {
            Ok(delivered) => {
                store.write(|tx| tx.delivered(claim))?;
                round.delivered += 1;
                round.without_address += usize::from(delivered == Delivered::NoAddress);
                Ok(())
            }
            Err(Trouble::Refused(error)) => self.failed(claim, &error, true, round),
            Err(Trouble::Failing(error)) => self.failed(claim, &error, false, round),
            Err(everybodys) => {
                // Behind the others: if it is this person's call that hangs, the others get through.
                let later = self.auth.now() + OUTAGE_PAUSES.0;
                store.write(|tx| tx.put_back(claim, later))?;
                Err(everybodys)
            }
        }
    }

    fn failed(
        &mut self,
        claim: &Claim,
        error: &str,
        for_good: bool,
        round: &mut Round,
    ) -> Result<(), Trouble> {
        let waiting = &claim.waiting;
        let attempts = waiting.attempts + 1;
        let is_news = !waiting.reported && (for_good || attempts >= REPORTED_AT);
        let target = Target::user(waiting.user, &waiting.name);
        let report = is_news.then(|| self.report(target, error, attempts));
        let next = self.auth.now() + pause(PERSON_PAUSES, attempts);
        tracing::warn!(user = %waiting.user, error, attempts, "somebody was not brought in line in Metabase");
        let store = &self.auth.inner.store;
        store.write(|tx| tx.failed(claim, error, next, report.clone()))?;
        round.failed += 1;
        Ok(())
    }

    /// Notes that nothing can be delivered, and tells the audit log once in an outage.
    fn note_outage(&mut self, trouble: &Trouble) -> Result<(), Error> {
        self.ground = None;
        let now = self.auth.now();
        let before = self.mirror()?.and_then(|mirror| mirror.outage);
        let failures = before.as_ref().map_or(0, |outage| outage.failures) + 1;
        let was_reported = before.as_ref().is_some_and(|outage| outage.reported);
        let error = trouble.to_string();
        let is_news = !was_reported && failures >= REPORTED_AT;
        let report = is_news.then(|| self.report(Target::system("metabase"), &error, failures));
        tracing::warn!(
            error,
            failures,
            "Metabase cannot be used; what waits is kept"
        );
        let outage = Outage {
            failures,
            since: before.map_or(now, |outage| outage.since),
            retry_at: now + pause(OUTAGE_PAUSES, failures),
            error,
            reported: was_reported || is_news,
        };
        let store = &self.auth.inner.store;
        Ok(store.write(|tx| tx.note_outage(Some(&outage), report.clone()))?)
    }

    fn report(&self, target: Target, error: &str, attempts: u32) -> Event {
        let caller = self
            .auth
            .system_caller("metabase", Origin::local(Via::System));
        let act = caller.act(self.auth.now());
        act.event(EventName::METABASE_SYNC_FAILED, target)
            .detail("error", error)
            .detail("attempts", attempts)
            .failed()
    }
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// The pause after the `failures`th failure in a row: twice the one before, up to the longest.
fn pause((first, longest): (Duration, Duration), failures: u32) -> Duration {
    let doubled = 1_i32.checked_shl(failures.saturating_sub(1).min(20));
    let pause = first.checked_mul(doubled.unwrap_or(i32::MAX));
    pause.map_or(longest, |pause| pause.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let seconds = |failures| pause(OUTAGE_PAUSES, failures).num_seconds();
        let first: Vec<i64> = (1..=8).map(seconds).collect();
        assert_eq!(first, [5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(seconds(u32::MAX), 300);
    }
}
