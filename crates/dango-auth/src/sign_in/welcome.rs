//! Opening a session for somebody who has proved who they are.

use chrono::Duration;
use dango_auth_core::audit::{Act, Origin};
use dango_auth_core::id::{DeviceId, SessionId};
use dango_auth_core::lockout::DeviceState;
use dango_auth_core::session::{NewSession, Session, Transport};
use dango_auth_core::token::{DeviceToken, SessionToken};
use dango_auth_core::user::User;
use dango_auth_store::WriteTx;
use dango_auth_store::ports::{
    Device, DeviceWrites as _, SessionWrites as _, UserReads as _, UserWrites as _,
};

use super::{SESSIONS_PER_USER, SignedIn};
use crate::auth::Auth;
use crate::error::Error;
use crate::sessions::obligation;

/// How long a device counts as known after its last sign-in (`security.md` §4.3).
const DEVICE_LIFETIME: Duration = Duration::days(180);

/// Ids and tokens made before the transaction that may need them.
#[derive(Debug)]
pub(crate) struct Welcome {
    session_id: SessionId,
    token: SessionToken,
    device_id: DeviceId,
    device: DeviceToken,
    presented: Option<DeviceToken>,
    transport: Transport,
    origin: Origin,
}

impl Welcome {
    pub(crate) fn prepare(
        auth: &Auth,
        transport: Transport,
        device: Option<&str>,
        origin: &Origin,
    ) -> Result<Self, Error> {
        let ambient = &auth.inner.ambient;
        Ok(Self {
            session_id: SessionId::from_uuid(ambient.uuid()?),
            token: SessionToken::from_random(ambient.bytes()?),
            device_id: DeviceId::from_uuid(ambient.uuid()?),
            device: DeviceToken::from_random(ambient.bytes()?),
            presented: device.and_then(|text| DeviceToken::parse(text).ok()),
            transport,
            origin: origin.clone(),
        })
    }

    pub(crate) fn new_session(&self, user: &User) -> NewSession {
        NewSession {
            id: self.session_id,
            user: user.id,
            token_hash: self.token.hash(),
            transport: self.transport,
            security_epoch: user.security_epoch,
            ip: self.origin.ip,
            user_agent: self.origin.user_agent.clone(),
        }
    }

    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) const fn token(&self) -> &SessionToken {
        &self.token
    }

    /// Opens a full session for `user`, notes the sign-in and makes the device known.
    pub(crate) fn open(
        &self,
        auth: &Auth,
        tx: &mut WriteTx<'_>,
        user: &User,
        act: &Act,
    ) -> Result<SignedIn, Error> {
        let signed_in = self.replace(auth, tx, user, act)?;
        tx.note_login(signed_in.session.user, act.at)?;
        Ok(signed_in)
    }

    /// Opens a full session in place of one that just ended, without a sign-in.
    pub(crate) fn replace(
        &self,
        auth: &Auth,
        tx: &mut WriteTx<'_>,
        user: &User,
        act: &Act,
    ) -> Result<SignedIn, Error> {
        let settings = auth.inner.settings.current(tx)?;
        let limits = settings.session.limits();
        let session = Session::full(self.new_session(user), &limits, act.at);
        tx.insert_session(&session)?;
        tx.displace_sessions(user.id, SESSIONS_PER_USER, act.at)?;
        let row = tx
            .user_row(user.id, act.at)?
            .ok_or(Error::Unauthenticated)?;
        let device = self.remember_device(tx, user, act)?;
        let must_change_password = row.user.password.as_ref().is_some_and(|password| {
            password.must_be_changed(settings.password.max_age_days, act.at)
        });
        Ok(SignedIn {
            token: self.token.clone(),
            expires_at: session.expires_at,
            session,
            obligation: obligation(&row.user, row.second_factor_on, &settings, act.at),
            must_change_password,
            requires_2fa_setup: settings.require_2fa && !row.second_factor_on,
            user: row,
            device,
        })
    }

    /// Makes the device known, or known for longer, and gives the token it is recognised by.
    fn remember_device(
        &self,
        tx: &mut WriteTx<'_>,
        user: &User,
        act: &Act,
    ) -> Result<DeviceToken, Error> {
        let expires_at = act.at + DEVICE_LIFETIME;
        if let Some(token) = &self.presented
            && let Some(device) = tx.device(user.id, &token.hash())?
            && act.at < device.expires_at
        {
            tx.renew_device(device.id, expires_at)?;
            return Ok(token.clone());
        }
        let device = Device {
            id: self.device_id,
            user: user.id,
            state: DeviceState::default(),
            expires_at,
        };
        tx.insert_device(&device, &self.device.hash(), act.at)?;
        Ok(self.device.clone())
    }
}
