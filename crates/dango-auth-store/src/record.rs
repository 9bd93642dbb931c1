//! Storing decided changes: state, trace and consequences in one transaction (contract §3.7).

use chrono::{DateTime, Utc};
use dango_auth_core::api_key::ApiKey;
use dango_auth_core::audit::Event;
use dango_auth_core::change::{Change, Consequence};
use dango_auth_core::id::{UserId, Version};
use dango_auth_core::second_factor::FactorChange;
use dango_auth_core::user::{DeletedUser, User};

use crate::ports::SessionChanges as _;
use crate::tx::ChangeTx;
use crate::{Answer, account, api_key, factor, limits, metabase};

mod sealed {
    pub trait Sealed {}
}

/// A state that a [`Change`] can bring about.
pub trait Recorded: sealed::Sealed + Sized {
    /// Writes the state, if nobody changed it since version `base`.
    #[doc(hidden)]
    fn store(&self, base: Version, tx: &mut ChangeTx<'_>) -> Answer<()>;

    /// Whose account the consequences concern.
    #[doc(hidden)]
    fn account(&self) -> UserId;
}

impl ChangeTx<'_> {
    /// Stores a change with its consequences and its events.
    ///
    /// What the consequences did is added to the first event: `sessions_ended`, `api_keys_revoked`.
    ///
    /// # Errors
    /// `Conflict` when the record changed since the version the change was decided on
    /// ([`crate::StoreError::is_stale`]) or when somebody else has the name; `NotFound` when the
    /// record, or a workspace a grant names, does not exist.
    pub fn record<T: Recorded>(&mut self, change: Change<T>) -> Answer<T> {
        let (base, state, events, consequences) = change.into_parts();
        let mut events = events.into_iter();
        let Some(mut first) = events.next() else {
            return Ok(state);
        };
        // Before the state: what belongs to a deleted account is gone after it.
        for consequence in consequences {
            first = carry_out(self, consequence, state.account(), first)?;
        }
        let before = metabase::see(self, state.account())?;
        state.store(base, self)?;
        metabase::queue_if_changed(self, state.account(), before, first.at)?;
        self.add_event(first);
        for event in events {
            self.add_event(event);
        }
        Ok(state)
    }
}

fn carry_out(
    tx: &mut ChangeTx<'_>,
    consequence: Consequence,
    user: UserId,
    event: Event,
) -> Answer<Event> {
    let now: DateTime<Utc> = event.at;
    match consequence {
        Consequence::EndSessions { except } => {
            let ended = tx.end_sessions(user, except, now)?;
            Ok(event.detail("sessions_ended", ended))
        }
        Consequence::RevokeApiKeys => {
            let revoked = api_key::revoke_all(tx, user, now)?;
            Ok(event.detail("api_keys_revoked", revoked))
        }
        Consequence::RemoveSecondFactor => {
            factor::remove(tx, user)?;
            Ok(event)
        }
        Consequence::LiftLocks => {
            limits::lift_all(tx, user)?;
            Ok(event)
        }
        Consequence::ForgetDevices => {
            limits::forget_devices(tx, user)?;
            Ok(event)
        }
    }
}

macro_rules! recorded {
    ($type:ty, |$state:ident, $base:ident, $tx:ident| $store:expr, $account:expr) => {
        impl sealed::Sealed for $type {}
        impl Recorded for $type {
            fn store(&self, $base: Version, $tx: &mut ChangeTx<'_>) -> Answer<()> {
                let $state = self;
                $store
            }

            fn account(&self) -> UserId {
                let $state = self;
                $account
            }
        }
    };
}

recorded!(User, |user, base, tx| store_user(tx, user, base), user.id);
recorded!(
    DeletedUser,
    |deleted, base, tx| account::delete(tx, &deleted.0, base),
    deleted.0.id
);
recorded!(
    FactorChange,
    |change, base, tx| store_factor(tx, change, base),
    change.user.id
);
recorded!(ApiKey, |key, base, tx| store_key(tx, key, base), key.owner);

/// A state at its first version is new: it is inserted, and fails where one exists.
fn store_user(tx: &mut ChangeTx<'_>, user: &User, base: Version) -> Answer<()> {
    if user.version == Version::NEW {
        account::insert(tx, user)
    } else {
        account::update(tx, user, base)
    }
}

fn store_key(tx: &mut ChangeTx<'_>, key: &ApiKey, base: Version) -> Answer<()> {
    if key.version == Version::NEW {
        api_key::insert(tx, key)
    } else {
        api_key::update(tx, key, base)
    }
}

fn store_factor(tx: &mut ChangeTx<'_>, change: &FactorChange, base: Version) -> Answer<()> {
    account::update(tx, &change.user, base)?;
    factor::replace(tx, change.user.id, &change.factor)?;
    match &change.codes {
        Some(codes) => factor::replace_codes(tx, change.user.id, codes),
        None => Ok(()),
    }
}
