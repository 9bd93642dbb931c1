//! `/settings/audit`: what happened.

use askama::Template;

use super::chart::Chart;
use super::field::Choice;
use super::frame::{Dot, Frame, Tone};
use super::moment::Moment;
use super::users::Pager;

/// The audit log.
#[derive(Debug, Template)]
#[template(path = "audit.html")]
pub(crate) struct Audit {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    pub(crate) filter: AuditFilterForm,
    pub(crate) exports: Vec<Link>,
    pub(crate) chart: Option<Chart>,
    pub(crate) days: Vec<Day>,
    pub(crate) pager: Pager,
    pub(crate) chain: Chain,
}

/// The filter as it stands in the URL.
#[derive(Debug, Default)]
pub(crate) struct AuditFilterForm {
    pub(crate) since: String,
    pub(crate) until: String,
    pub(crate) kind: String,
    pub(crate) types: Vec<Choice>,
    pub(crate) actor: String,
    pub(crate) user: String,
    pub(crate) ip: String,
}

impl AuditFilterForm {
    /// Nothing is filtered.
    pub(crate) fn is_empty(&self) -> bool {
        [
            &self.since,
            &self.until,
            &self.kind,
            &self.actor,
            &self.user,
            &self.ip,
        ]
        .iter()
        .all(|value| value.is_empty())
    }
}

/// A link with its words.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) label: String,
}

/// The events of a day.
#[derive(Debug)]
pub(crate) struct Day {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) events: Vec<EventLine>,
}

/// An event.
#[derive(Debug)]
pub(crate) struct EventLine {
    pub(crate) tone: Tone,
    pub(crate) what: String,
    pub(crate) who: String,
    pub(crate) target: Option<String>,
    pub(crate) at: Moment,
    pub(crate) time: String,
    pub(crate) facts: Vec<Fact>,
}

/// A name and a value.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Whether the log is whole.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) status: Dot,
    pub(crate) text: String,
    pub(crate) may_check: bool,
}
