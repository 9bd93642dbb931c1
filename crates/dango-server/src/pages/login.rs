//! `/login`: the password, then the code.

use askama::Template;

use super::field::Field;
use super::frame::Frame;

/// The password step.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage {
    pub(crate) frame: Frame,
    /// What went wrong, for the form as a whole: which part was wrong is not said.
    pub(crate) alert: Option<String>,
    /// Where to go afterwards, a local path.
    pub(crate) next: String,
    pub(crate) login: Field,
    pub(crate) password: Field,
}

/// The code step.
#[derive(Debug, Template)]
#[template(path = "login_code.html")]
pub(crate) struct LoginCode {
    pub(crate) frame: Frame,
    pub(crate) alert: Option<String>,
    /// Where to go afterwards, a local path.
    pub(crate) next: String,
    /// The query that leads to the app's code.
    pub(crate) next_query: String,
    /// The query that leads to recovery codes.
    pub(crate) recovery_query: String,
    /// A recovery code is asked for, not one from the app.
    pub(crate) recovery: bool,
    pub(crate) code: Field,
}
