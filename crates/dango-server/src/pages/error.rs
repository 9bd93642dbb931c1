//! Friendly pages for what did not work.

use askama::Template;

use super::filters;
use super::frame::Frame;

/// What happened, why, and the next step.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    pub(crate) frame: Frame,
    pub(crate) status: u16,
    pub(crate) heading: String,
    pub(crate) what: String,
    /// How long to wait.
    pub(crate) wait: Option<String>,
    pub(crate) link: String,
    pub(crate) link_label: String,
    /// What to tell whoever looks into the log.
    pub(crate) request_id: Option<String>,
}
