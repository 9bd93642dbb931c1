//! Devices that people signed in from before.

use chrono::{DateTime, Utc};
use dango_auth_core::id::{DeviceId, UserId};
use dango_auth_core::lockout::DeviceState;
use dango_auth_core::token::TokenHash;

use crate::Answer;

/// A device its owner signed in from before.
#[derive(Clone, Debug)]
pub struct Device {
    /// Names it.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// Failures from it.
    pub state: DeviceState,
    /// When it stops counting as known.
    pub expires_at: DateTime<Utc>,
}

/// Known devices.
pub trait DeviceWrites {
    /// The device with this token, if it is this account's; locks its row.
    fn device(&mut self, user: UserId, token: &TokenHash) -> Answer<Option<Device>>;
    /// Stores its failures.
    fn put_device(&mut self, device: &Device) -> Answer<()>;
    /// Keeps a new one; the oldest beyond 20 per account go.
    fn insert_device(
        &mut self,
        device: &Device,
        token: &TokenHash,
        now: DateTime<Utc>,
    ) -> Answer<()>;
    /// Prolongs one that signed in again.
    fn renew_device(&mut self, id: DeviceId, expires_at: DateTime<Utc>) -> Answer<()>;
    /// Forgets one.
    fn forget_device(&mut self, id: DeviceId) -> Answer<()>;
}
