//! `/api/v1/*`: the contract of the Dagu workflow engine, `camelCase`.

mod audit;
mod auth;
mod keys;
mod revise_key;
mod setup;
mod users;
mod view;
mod workspaces;

use dango_auth_actix::problem::V1;
use dango_auth_actix::{Refusal, Reply};

use crate::route::{Group, Route};

/// What a handler of the v1 family returns.
type Answer<T, const STATUS: u16 = 200> = Result<Reply<T, STATUS>, Refusal<V1>>;

/// All routes under `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let parts = [
        setup::routes(),
        auth::routes(),
        users::routes(),
        keys::routes(),
        workspaces::routes(),
        audit::routes(),
    ];
    parts
        .into_iter()
        .flatten()
        .map(|route| route.group(Group::V1))
        .collect()
}
