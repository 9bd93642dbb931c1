//! `/settings/account/password`: another password before anything else.

use askama::Template;

use super::field::{Field, PasswordRules};
use super::filters;
use super::frame::Frame;

/// The step of somebody who has to choose another password.
#[derive(Debug, Template)]
#[template(path = "required_password.html")]
pub(crate) struct RequiredPassword {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// How many steps there are in all.
    pub(crate) steps: u8,
    /// The login name, for password keepers.
    pub(crate) login: String,
    pub(crate) current: Field,
    pub(crate) password: Field,
    pub(crate) rules: PasswordRules,
}
