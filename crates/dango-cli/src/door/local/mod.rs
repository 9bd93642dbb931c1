//! The door on this machine: the use cases themselves, as the local system.

mod credentials;
mod database;
mod error;
mod init;
mod keeping;
mod key;
mod metabase;
mod moving_in;
mod open;
mod oversight;
mod people;
mod policy;
mod system_user;
mod workspaces;

use dango_auth::core::audit::Via;
use dango_auth::core::name::EmailAddress;
use dango_auth::ports::UserRow;
use dango_auth::recovery::Recovered;
use dango_auth::view::{CreatedUserObject, UserObject};
use dango_auth::{Auth, Caller};

pub(crate) use database::Moved;
pub(crate) use init::{FirstAdmin, NewProject};
pub(crate) use key::Rotated;
pub(crate) use policy::PolicyReport;

use super::requests::Switched;
use super::{Answer, Changed};

/// The installation on this machine.
pub(crate) struct Local {
    auth: Auth,
    caller: Caller,
}

impl Local {
    fn new(auth: Auth) -> Self {
        let caller = auth.local_caller(Via::Cli);
        Self { auth, caller }
    }

    /// Whether sign-in is required.
    pub(crate) fn is_enabled(&self) -> Answer<bool> {
        Ok(!self.auth.is_switched_off()?)
    }

    /// Switches sign-in on or off.
    pub(crate) fn set_enabled(&self, enabled: bool) -> Answer<Switched> {
        let done = self.auth.configuration().switch(&self.caller, enabled)?;
        Ok(Switched {
            enabled,
            changed: done.changed,
        })
    }

    /// Whether there was never an admin.
    pub(crate) fn is_setup_needed(&self) -> Answer<bool> {
        Ok(self.auth.setup().is_open()?)
    }

    /// Restores one person.
    pub(crate) fn recover_person(&self, login: &str) -> Answer<CreatedUserObject> {
        let recovered = self.auth.recovery().restore(&self.caller, login)?;
        self.recovered(&recovered)
    }

    /// Makes another admin.
    pub(crate) fn recovery_admin(&self, email: &str) -> Answer<CreatedUserObject> {
        let email =
            EmailAddress::parse(email).map_err(|error| dango_auth::Error::name("email", &error))?;
        let recovered = self.auth.recovery().make_admin(&self.caller, &email)?;
        self.recovered(&recovered)
    }

    fn recovered(&self, recovered: &Recovered) -> Answer<CreatedUserObject> {
        Ok(CreatedUserObject {
            user: self.object(&recovered.user)?,
            invite_url: None,
            temp_password: Some(recovered.password.expose().to_owned()),
        })
    }

    /// A user as it is shown.
    fn object(&self, row: &UserRow) -> Answer<UserObject> {
        let max_age_days = self.auth.settings()?.password.max_age_days;
        Ok(UserObject::new(row, max_age_days, self.auth.now()))
    }

    /// A user after a change.
    fn changed(&self, done: &dango_auth::Outcome<UserRow>) -> Answer<Changed> {
        Ok(Changed {
            user: self.object(&done.value)?,
            changed: done.changed,
        })
    }
}
