//! `/api/auth/*`: signing in and the own account.

mod invite;
mod keys;
mod login;
mod profile;
mod second_factor;
mod sessions;
mod verify;

use serde::Serialize;
use utoipa::ToSchema;

use crate::route::Route;

/// Nothing to say but that it was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    /// Always true.
    success: bool,
}

impl Done {
    pub(crate) const YES: Self = Self { success: true };
}

/// All routes under `/api/auth`.
pub(super) fn routes() -> Vec<Route> {
    let parts = [
        login::routes(),
        profile::routes(),
        sessions::routes(),
        keys::routes(),
        invite::routes(),
        second_factor::routes(),
        verify::routes(),
    ];
    parts.into_iter().flatten().collect()
}
