//! `/invite`: the first password of an invited person.

use askama::Template;

use super::field::{Field, PasswordRules};
use super::filters;
use super::frame::Frame;
use super::moment::Moment;

/// The form of an invited person.
#[derive(Debug, Template)]
#[template(path = "invite.html")]
pub(crate) struct Invite {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// Whose invitation it is.
    pub(crate) email: String,
    /// When the link stops working.
    pub(crate) ends: Moment,
    pub(crate) password: Field,
    pub(crate) rules: PasswordRules,
}
