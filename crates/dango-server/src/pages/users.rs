//! `/settings/users`: everybody's accounts.

use askama::Template;

use super::field::Choice;
use super::frame::{Dot, Frame};
use super::moment::Moment;
use super::user::UserAct;

/// The list of people.
#[derive(Debug, Template)]
#[template(path = "users.html")]
pub(crate) struct Users {
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    pub(crate) filter: UserFilterForm,
    /// How many are shown, in words.
    pub(crate) count: String,
    pub(crate) rows: Vec<UserLine>,
    pub(crate) pager: Pager,
}

/// The filter as it stands in the URL.
#[derive(Debug)]
pub(crate) struct UserFilterForm {
    pub(crate) q: String,
    pub(crate) role: String,
    pub(crate) status: String,
    pub(crate) sort: String,
    pub(crate) roles: Vec<Choice>,
    pub(crate) statuses: Vec<Choice>,
    pub(crate) sorts: Vec<Choice>,
}

impl UserFilterForm {
    /// Nothing is filtered.
    pub(crate) fn is_empty(&self) -> bool {
        self.q.is_empty() && self.role.is_empty() && self.status.is_empty()
    }
}

/// A person in the list.
#[derive(Debug)]
pub(crate) struct UserLine {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Only where it is not the name.
    pub(crate) email: Option<String>,
    pub(crate) is_me: bool,
    pub(crate) role: String,
    pub(crate) access: String,
    pub(crate) status: Dot,
    pub(crate) last_sign_in: Option<Moment>,
    /// What can be done with them now.
    pub(crate) actions: Vec<UserAct>,
}

/// Links to other pages of a list.
#[derive(Debug, Default)]
pub(crate) struct Pager {
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}
