//! `/setup`: the first administrator.

use askama::Template;

use super::field::{Field, PasswordRules};
use super::filters;
use super::frame::Frame;

/// The form for the first administrator.
#[derive(Debug, Template)]
#[template(path = "setup.html")]
pub(crate) struct Setup {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// The setup token is needed and did not come with the link.
    pub(crate) ask_token: bool,
    pub(crate) token: Field,
    pub(crate) login: Field,
    pub(crate) password: Field,
    pub(crate) rules: PasswordRules,
}
