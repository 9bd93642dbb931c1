//! A secret on its only appearance: an invite link, a temporary password, an API key.

use askama::Template;

use super::frame::Frame;

/// The page that shows a secret once.
#[derive(Debug, Template)]
#[template(path = "shown_once.html")]
pub(crate) struct ShownOnce {
    pub(crate) frame: Frame,
    pub(crate) heading: String,
    /// What it is and what to do with it.
    pub(crate) lead: String,
    pub(crate) secret: String,
    /// What to do if it is lost.
    pub(crate) if_lost: String,
    /// A command that uses it.
    pub(crate) example: Option<String>,
    pub(crate) back: String,
    pub(crate) back_label: String,
}
