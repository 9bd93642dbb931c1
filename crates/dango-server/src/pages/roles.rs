//! `/settings/roles`: the matrix, who holds what, and why.

use askama::Template;

use super::field::{Choice, Field};
use super::frame::Frame;

/// The page of roles and permissions.
#[derive(Debug, Template)]
#[template(path = "roles.html")]
pub(crate) struct RolesPage {
    pub(crate) frame: Frame,
    pub(crate) may_see_people: bool,
    pub(crate) roles: Vec<RoleLine>,
    pub(crate) explain: Option<Explain>,
    pub(crate) domains: Vec<DomainRows>,
}

/// A role.
#[derive(Debug)]
pub(crate) struct RoleLine {
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) permissions: usize,
    pub(crate) people: u64,
}

/// The permissions of one domain.
#[derive(Debug)]
pub(crate) struct DomainRows {
    pub(crate) name: String,
    pub(crate) rows: Vec<PermissionRow>,
}

/// A permission and which roles hold it, in the order of the roles.
#[derive(Debug)]
pub(crate) struct PermissionRow {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) held: Vec<bool>,
}

/// The question who may do what where, and its answer.
#[derive(Debug)]
pub(crate) struct Explain {
    pub(crate) person: Field,
    pub(crate) permission: Field,
    pub(crate) permissions: Vec<Choice>,
    pub(crate) workspace: Field,
    pub(crate) answer: Option<Answer>,
}

/// The answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) allowed: bool,
    pub(crate) why: String,
}
