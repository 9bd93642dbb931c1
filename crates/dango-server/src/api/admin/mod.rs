//! `/api/admin/*`: people, keys, settings and the audit log.

mod audit;
mod changes;
mod grants;
mod insight;
mod keys;
mod settings;
mod users;

use crate::route::{Group, Route};

/// All routes under `/api/admin`.
pub(super) fn routes() -> Vec<Route> {
    let parts = [
        users::routes(),
        changes::routes(),
        grants::routes(),
        insight::routes(),
        keys::routes(),
        settings::routes(),
        audit::routes(),
    ];
    parts
        .into_iter()
        .flatten()
        .map(|route| route.group(Group::Admin))
        .collect()
}
