//! `/`: who I am, what I may do, and where.

use askama::Template;

use super::filters;
use super::frame::Frame;
use super::moment::Moment;

/// The first page after signing in.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub(crate) struct Home {
    pub(crate) frame: Frame,
    pub(crate) name: String,
    pub(crate) role: String,
    /// What the role is for.
    pub(crate) role_summary: String,
    /// What would be worth doing.
    pub(crate) advice: Vec<Advice>,
    /// The role counts in every workspace.
    pub(crate) everywhere: bool,
    /// Otherwise: where, and as what.
    pub(crate) grants: Vec<GrantLine>,
    pub(crate) sign_ins: Vec<SignInLine>,
    pub(crate) domains: Vec<DomainList>,
}

/// Something worth doing.
#[derive(Debug)]
pub(crate) struct Advice {
    pub(crate) text: String,
    pub(crate) href: String,
    pub(crate) label: String,
}

/// A role in a workspace.
#[derive(Clone, Debug)]
pub(crate) struct GrantLine {
    pub(crate) workspace: String,
    pub(crate) role: String,
}

/// A sign-in that still counts.
#[derive(Debug)]
pub(crate) struct SignInLine {
    pub(crate) device: String,
    pub(crate) place: String,
    pub(crate) signed_in: Moment,
    pub(crate) current: bool,
}

/// The permissions of one domain.
#[derive(Debug)]
pub(crate) struct DomainList {
    pub(crate) name: String,
    pub(crate) permissions: Vec<PermissionLine>,
}

/// A permission and what it is for.
#[derive(Debug)]
pub(crate) struct PermissionLine {
    pub(crate) name: String,
    pub(crate) description: String,
}
