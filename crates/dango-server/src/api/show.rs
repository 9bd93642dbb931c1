//! Accounts as they are shown.

use chrono::{DateTime, Utc};
use dango_auth::ports::UserRow;
use dango_auth::view::UserObject;
use dango_auth::{Auth, Error};

/// The settings and the moment that decide how accounts are shown; asks nothing of the store any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Light {
    max_age_days: u32,
    now: DateTime<Utc>,
}

impl Light {
    /// The settings in force now.
    ///
    /// # Errors
    /// Those of reading the settings.
    pub(crate) fn now(auth: &Auth) -> Result<Self, Error> {
        Ok(Self {
            max_age_days: auth.settings()?.password.max_age_days,
            now: auth.now(),
        })
    }

    /// The user object.
    pub(crate) fn user(self, row: &UserRow) -> UserObject {
        UserObject::new(row, self.max_age_days, self.now)
    }
}

/// The user object under the settings in force now.
///
/// # Errors
/// Those of reading the settings.
pub(crate) fn user(auth: &Auth, row: &UserRow) -> Result<UserObject, Error> {
    Ok(Light::now(auth)?.user(row))
}
