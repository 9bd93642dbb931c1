//! The answer of commands that have nothing else to tell.

use serde::Serialize;

/// `{"success": true}`.
#[derive(Debug, Serialize)]
pub(crate) struct Success {
    success: bool,
}

impl Success {
    /// It is done.
    pub(crate) const NOW: Self = Self { success: true };
}
