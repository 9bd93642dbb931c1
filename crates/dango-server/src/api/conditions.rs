//! Conditions on audit events, as a query or a form brings them.

use dango_auth::ports::AuditFilter;
use dango_auth::{Auth, Error};

use super::fields;
use super::page::from_cursor;

/// A parameter: the name it has where it was written, and what was written.
type Parameter<'a> = (&'static str, Option<&'a str>);

/// Conditions before they are checked; all of them must hold.
pub(crate) struct AuditConditions<'a> {
    /// At or after: RFC 3339, or a date.
    pub(crate) since: Parameter<'a>,
    /// Before: RFC 3339, or a date.
    pub(crate) until: Parameter<'a>,
    /// The client's address.
    pub(crate) ip: Parameter<'a>,
    /// Any of these events, separated by commas.
    pub(crate) event: Option<&'a str>,
    /// The name of whoever did it.
    pub(crate) actor: Option<&'a str>,
    /// The name of the person it happened to.
    pub(crate) user: Option<&'a str>,
    /// Where to go on.
    pub(crate) cursor: Option<&'a str>,
}

impl AuditConditions<'_> {
    /// The conditions for the store.
    ///
    /// # Errors
    /// 400 with the parameter that does not fit.
    pub(crate) fn filter(&self, auth: &Auth) -> Result<AuditFilter, Error> {
        let events = self.event.into_iter().flat_map(|names| names.split(','));
        let names = events.map(|name| auth.audit().parse_type(name));
        let start = |text| fields::start(self.since.0, text);
        let end = |text| fields::end(self.until.0, text);
        let no_address = "the address must be an IP address";
        let ip = self.ip.1.map(|text| {
            text.parse()
                .map_err(|_| Error::field(self.ip.0, "not_an_address", no_address))
        });
        Ok(AuditFilter {
            since: self.since.1.map(start).transpose()?,
            until: self.until.1.map(end).transpose()?,
            names: names.collect::<Result<_, _>>()?,
            actor: self.actor.map(str::to_owned),
            user: self.user.map(str::to_owned),
            ip: ip.transpose()?,
            outcome: None,
            before: from_cursor(self.cursor)?,
        })
    }
}
