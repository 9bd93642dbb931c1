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
    /// How many have each role.
    pub(crate) fn with_roles<'a>(
        auth: &Auth,
        caller: &Caller,
        roles: impl Iterator<Item = &'a RoleName>,
    ) -> Result<Vec<Self>, Error> {
        let filter = |role: &RoleName| UserFilter {
            role: Some(role.clone()),
            ..UserFilter::default()
        };
        Self::each(auth, caller, roles.map(filter))
    }

    /// How many have each status.
    pub(crate) fn with_statuses(
        auth: &Auth,
        caller: &Caller,
        statuses: &[Status],
    ) -> Result<Vec<Self>, Error> {
        let filter = |status: &Status| UserFilter {
            status: Some(*status),
            ..UserFilter::default()
        };
        Self::each(auth, caller, statuses.iter().map(filter))
    }

    /// All of them at the same instant.
    fn each(
        auth: &Auth,
        caller: &Caller,
        filters: impl Iterator<Item = UserFilter>,
    ) -> Result<Vec<Self>, Error> {
        let now = auth.now();
        let filters: Vec<_> = filters.map(|filter| UserFilter { now, ..filter }).collect();
        let counts = auth.users().count_up_to(caller, &filters, MOST)?;
        Ok(counts.into_iter().map(Self).collect())
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.0 >= MOST { "+" } else { "" };
        write!(f, "{}{more}", self.0)
    }
}
