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
        name: &LoginName,
        device: Option<&str>,
        origin: &Origin,
    ) -> Result<Attempt, Error> {
        let at = self.now();
        let device = hash_of(device);
        // Counted once, however often the transaction is run.
        let mut counted: Option<Vec<Event>> = None;
        let reserved: Result<Attempt, Error> = self.inner.store.write(|tx| {
            let limits = self.inner.settings.current(tx)?.lockout.limits();
            let user = tx.user_by_login(name)?;
            if user.is_none() {
                tx.read_somebody()?;
            }
            let spot = self.spot(name.as_str(), user.as_ref(), device, origin, at);
            let (mut gate, known) = load(tx, &spot, user.as_ref())?;
            match gate.reserve(limits, &spot.account, at) {
                Admission::Refused(refusal) => {
                    let remaining_seconds = u64::from(refusal.remaining_seconds(at));
                    let event = spot.refused(refusal.layer);
                    let floods = &self.inner.floods;
                    let due = counted.get_or_insert_with(|| floods.take(event, "sign-in"));
                    for event in due.iter() {
                        tx.note(event.clone());
                    }
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
        typed: &str,
        user: Option<&User>,
        device: Option<TokenHash>,
        origin: &Origin,
        at: DateTime<Utc>,
    ) -> Spot {
        let typed = printable(typed);
        let account = match user {
            Some(user) => AccountKey::of_user(&self.inner.keys.lockout, user.id),
            None => AccountKey::of_name(&self.inner.keys.lockout, &typed),
        };
        let target = user.map_or_else(|| Target::unknown_user(typed.as_str()), User::target);
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

    /// Counts a sign-in that the second factor completed: the failures on the way to it are over, as
    /// they are after a password alone.
    pub(super) fn settle_completed(
        &self,
        tx: &mut WriteTx<'_>,
        user: &User,
        device: Option<&str>,
        act: &Act,
    ) -> Result<(), Error> {
        let limits = self.inner.settings.current(tx)?.lockout.limits();
        let name = user.username.as_str();
        let spot = self.spot(name, Some(user), hash_of(device), &act.origin, act.at);
        let (mut gate, known) = load(tx, &spot, Some(user))?;
        // A door that others have shut meanwhile stays shut.
        if let Admission::Proceed(reservation) = gate.reserve(limits, &spot.account, act.at) {
            let _ = gate.settle(&reservation, Outcome::Succeeded, limits, act.at);
            save(tx, &spot, &gate, known, act.at)?;
        }
        Ok(())
    }
}

/// Settles an attempt; a failure that closes a door is answered as locked.
pub(super) fn settle(
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

/// The hash of a device's token as it was presented, if it can be one.
fn hash_of(device: Option<&str>) -> Option<TokenHash> {
    let token = DeviceToken::parse(device?).ok()?;
    Some(token.hash())
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
            account: self.account,
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
        device: device.as_ref().map(|device| device.state),
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
            state: *state,
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
