//! Numbers of people, exact up to a bound, so that a page costs the same however many there are.

use std::fmt;

use dango_auth::core::name::RoleName;
use dango_auth::core::user::Status;
use dango_auth::ports::UserFilter;
use dango_auth::{Auth, Caller, Error};

/// From here on it is "and more".
const MOST: u32 = 1000;

/// A number of people: 7, or 1000+.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct People(pub(crate) u32);

impl People {
    /// How many have a role.
    pub(crate) fn with_role(auth: &Auth, caller: &Caller, role: &RoleName) -> Result<Self, Error> {
        let filter = UserFilter {
            role: Some(role.clone()),
            now: auth.now(),
            ..UserFilter::default()
        };
        auth.users().count_up_to(caller, &filter, MOST).map(Self)
    }

    /// How many have a status.
    pub(crate) fn with_status(auth: &Auth, caller: &Caller, status: Status) -> Result<Self, Error> {
        let filter = UserFilter {
            status: Some(status),
            now: auth.now(),
            ..UserFilter::default()
        };
        auth.users().count_up_to(caller, &filter, MOST).map(Self)
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.0 >= MOST { "+" } else { "" };
        write!(f, "{}{more}", self.0)
    }
}
