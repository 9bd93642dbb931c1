//! Everything that is served, in one list.

use crate::route::Route;
use crate::{api, openapi, pages};

/// All routes of the server.
pub fn all() -> Vec<Route> {
    [api::routes(), openapi::routes(), pages::routes()]
        .into_iter()
        .flatten()
        .collect()
}
