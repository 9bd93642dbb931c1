//! Keys derived from the master key, each for one purpose.

use dango_auth_core::seal::{KeyRing, Purpose, SubKey};

/// The keys the use cases need.
pub(crate) struct Keys {
    /// For the names failures are counted under.
    pub(crate) lockout: SubKey,
    /// For recovery codes.
    pub(crate) recovery: SubKey,
    /// For form tokens.
    pub(crate) csrf: SubKey,
}

impl Keys {
    pub(crate) fn derive(ring: &KeyRing) -> Self {
        Self {
            lockout: ring.subkey(Purpose::LoginName),
            recovery: ring.subkey(Purpose::RecoveryCode),
            csrf: ring.subkey(Purpose::Csrf),
        }
    }
}
