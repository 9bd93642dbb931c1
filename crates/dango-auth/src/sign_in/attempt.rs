//! An attempt to prove a password: reserved before the hash, settled after it.

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{Act, Event, EventName, Origin, Target};
use dango_auth_core::client_address::Source;
use dango_auth_core::lockout::{
    AccountKey, Admission, Gate, GateReservation, LockoutEvent, LockoutLayer, LockoutLimits,
    Outcome, Settlement,
};
use dango_auth_core::name::LoginName;
use dango_auth_core::token::{DeviceToken, TokenHash};
use dango_auth_core::user::User;
use dango_auth_store::WriteTx;
use dango_auth_store::ports::{
    AuditWrites as _, Device, DeviceWrites as _, LockoutWrites as _, UserReads as _,
};

use crate::auth::{Auth, printable};
use crate::error::Error;

/// Where the failures of somebody on the machine itself are counted.
const LOCAL: &str = "local";

/// Whose password is tried.
pub(super) enum Whose<'a> {
    /// Whoever signs in with this name, if there is anybody.
    Named(&'a LoginName),
    /// This person.
    Person(&'a User),
}

/// A counted attempt, on its way through the hash.
pub(crate) struct Attempt {
    /// The account, if there is one.
    pub(super) user: Option<User>,
    account: AccountKey,
    source: String,
    judged_source: bool,
    device: Option<TokenHash>,
    reservation: GateReservation,
    act: Act,
    target: Target,
}

impl Auth {
    /// Counts an attempt, unless a lock refuses it; then nothing is evaluated.
    pub(super) fn reserve(
        &self,
        whose: &Whose<'_>,
        device: Option<&str>,
        origin: &Origin,
    ) -> Result<Attempt, Error> {
        let at = self.now();
        let device = device
            .and_then(|text| DeviceToken::parse(text).ok())
            .map(|token| token.hash());
        let reserved: Result<Attempt, Error> = self.inner.store.write(|tx| {
            let limits = self.inner.settings.current(tx)?.lockout.limits();
            let user = match whose {
                Whose::Named(name) => tx.user_by_login(name)?,
                Whose::Person(user) => tx.user(user.id)?,
            };
            let spot = self.spot(whose, user.as_ref(), device, origin, at);
            let (mut gate, known) = load(tx, &spot, user.as_ref())?;
            match gate.reserve(limits, &spot.account, at) {
                Admission::Refused(refusal) => {
                    let remaining_seconds = u64::from(refusal.remaining_seconds(at));
                    tx.note(spot.refused(refusal.layer));
                    Ok::<_, Error>(Err(Error::Locked { remaining_seconds }))
                }
                Admission::Proceed(reservation) => {
                    save(tx, &spot, &gate, known, at)?;
                    Ok(Ok(spot.attempt(user, reservation)))
                }
            }
        })?;
        reserved
    }

    fn spot(
        &self,
        whose: &Whose<'_>,
        user: Option<&User>,
        device: Option<TokenHash>,
        origin: &Origin,
        at: DateTime<Utc>,
    ) -> Spot {
        let typed = match whose {
            Whose::Named(name) => printable(name.as_str()),
            Whose::Person(user) => user.username.to_string(),
        };
        let account = match user {
            Some(user) => AccountKey::of_user(&self.inner.keys.lockout, user.id),
            None => AccountKey::of_name(&self.inner.keys.lockout, &typed),
        };
        let target = user.map_or_else(
            || Target::unknown_user(typed.as_str()),
            |user| user.target(),
        );
        Spot {
            account,
            source: origin
                .ip
                .map_or_else(|| LOCAL.to_owned(), |ip| Source::of(ip).to_string()),
            judged_source: origin.ip.is_some_and(|ip| !ip.is_loopback()),
            device: user.and(device),
            act: Act {
                actor: Self::stranger(&typed),
                origin: origin.clone(),
                at,
            },
            target,
        }
    }

    /// Settles an attempt; a failure that closes a door is answered as locked.
    pub(super) fn settle(
        &self,
        tx: &mut WriteTx<'_>,
        attempt: &Attempt,
        outcome: Outcome,
        limits: LockoutLimits,
        at: DateTime<Utc>,
    ) -> Result<Settlement, Error> {
        let spot = attempt.spot(at);
        let (mut gate, known) = load(tx, &spot, attempt.user.as_ref())?;
        let settlement = gate.settle(&attempt.reservation, outcome, limits, at);
        save(tx, &spot, &gate, known, at)?;
        for event in &settlement.events {
            match event {
                LockoutEvent::DeviceForgotten => spot.forget_device(tx, attempt.user.as_ref())?,
                LockoutEvent::Locked(refusal) => tx.note(spot.locked(refusal.layer)),
            }
        }
        Ok(settlement)
    }

    /// Counts an attempt of a known person to prove their own password.
    pub(crate) fn reserve_for(&self, user: &User, origin: &Origin) -> Result<Attempt, Error> {
        self.reserve(&Whose::Person(user), None, origin)
    }

    /// Settles an attempt of a known person to prove their own password.
    ///
    /// # Errors
    /// [`Error::Locked`] when this failure was the last one allowed.
    pub(crate) fn settle_proof(&self, attempt: Attempt, proved: bool) -> Result<(), Error> {
        let at = self.now();
        let outcome = if proved {
            Outcome::Succeeded
        } else {
            Outcome::Failed
        };
        let refusal = self.inner.store.write(|tx| {
            let limits = self.inner.settings.current(tx)?.lockout.limits();
            let settlement = self.settle(tx, &attempt, outcome, limits, at)?;
            if !proved {
                tx.note(attempt.failed("wrong_password", at));
            }
            Ok::<_, Error>(settlement.refusal)
        })?;
        match refusal {
            None => Ok(()),
            Some(refusal) => {
                let remaining_seconds = u64::from(refusal.remaining_seconds(at));
                Err(Error::Locked { remaining_seconds })
            }
        }
    }
}

/// The rows one attempt is judged by, and how it is written down.
struct Spot {
    account: AccountKey,
    source: String,
    judged_source: bool,
    device: Option<TokenHash>,
    act: Act,
    target: Target,
}

impl Spot {
    fn attempt(self, user: Option<User>, reservation: GateReservation) -> Attempt {
        Attempt {
            user,
            account: self.account,
            source: self.source,
            judged_source: self.judged_source,
            device: self.device,
            reservation,
            act: self.act,
            target: self.target,
        }
    }

    fn refused(&self, layer: LockoutLayer) -> Event {
        self.act
            .event(EventName::LOGIN_FAILED, self.target.clone())
            .detail("reason", "locked")
            .detail("layer", layer.name())
            .denied()
    }

    fn locked(&self, layer: LockoutLayer) -> Event {
        let name = match layer {
            LockoutLayer::Source => EventName::RATE_LIMIT_HIT,
            _ => EventName::ACCOUNT_LOCKED,
        };
        self.act
            .event(name, self.target.clone())
            .detail("layer", layer.name())
            .denied()
    }

    fn forget_device(&self, tx: &mut WriteTx<'_>, user: Option<&User>) -> Result<(), Error> {
        if let (Some(user), Some(token)) = (user, &self.device)
            && let Some(device) = tx.device(user.id, token)?
        {
            tx.forget_device(device.id)?;
        }
        Ok(())
    }
}

impl Attempt {
    fn spot(&self, at: DateTime<Utc>) -> Spot {
        Spot {
            account: self.account.clone(),
            source: self.source.clone(),
            judged_source: self.judged_source,
            device: self.device,
            act: Act {
                at,
                ..self.act.clone()
            },
            target: self.target.clone(),
        }
    }

    /// When it was counted.
    pub(super) const fn at(&self) -> DateTime<Utc> {
        self.act.at
    }

    /// The trace of a failure; `reason` is for administrators and never for whoever tried.
    pub(super) fn failed(&self, reason: &str, at: DateTime<Utc>) -> Event {
        let act = Act {
            at,
            ..self.act.clone()
        };
        act.event(EventName::LOGIN_FAILED, self.target.clone())
            .detail("reason", reason)
            .failed()
    }
}

fn load(
    tx: &mut WriteTx<'_>,
    spot: &Spot,
    user: Option<&User>,
) -> Result<(Gate, Option<Device>), Error> {
    let device = match (user, &spot.device) {
        (Some(user), Some(token)) => tx.device(user.id, token)?,
        _ => None,
    };
    let device = device.filter(|device| spot.act.at < device.expires_at);
    let source = if spot.judged_source {
        Some(tx.source(&spot.source)?)
    } else {
        None
    };
    let gate = Gate {
        device: device.as_ref().map(|device| device.state.clone()),
        pair: tx.pair(&spot.account, &spot.source)?,
        account: tx.account(&spot.account)?,
        source,
    };
    Ok((gate, device))
}

fn save(
    tx: &mut WriteTx<'_>,
    spot: &Spot,
    gate: &Gate,
    known: Option<Device>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if let (Some(device), Some(state)) = (known, &gate.device) {
        tx.put_device(&Device {
            state: state.clone(),
            ..device
        })?;
    }
    tx.put_pair(&spot.account, &spot.source, &gate.pair, now)?;
    tx.put_account(&spot.account, &gate.account, now)?;
    if let Some(source) = &gate.source {
        tx.put_source(&spot.source, source, now)?;
    }
    Ok(())
}
