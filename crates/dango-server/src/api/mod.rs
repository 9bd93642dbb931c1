//! The JSON API: parse, call one use case, render.
//!
//! Bodies and answers are types of their own, never those of the core; refusals get the statuses of the
//! family a handler belongs to from its return type.

mod access;
pub mod admin;
pub(crate) mod conditions;
mod cookies;
pub mod dango;
pub(crate) mod fields;
mod idempotency;
pub(crate) mod page;
mod people;
mod precondition;
pub mod probes;
mod roles;
pub(crate) mod show;
pub mod v1;

use dango_auth_actix::problem::Dango;
use dango_auth_actix::{Refusal, Reply};

pub(crate) use cookies::{cleared, device_of, partial, signed_in};
pub(crate) use idempotency::name_of;

use crate::route::Route;

/// What a handler of the Dango family returns.
pub(crate) type Answer<T, const STATUS: u16 = 200> = Result<Reply<T, STATUS>, Refusal<Dango>>;

/// All routes of the API.
pub fn routes() -> Vec<Route> {
    let parts = [
        dango::routes(),
        admin::routes(),
        roles::routes(),
        v1::routes(),
        probes::routes(),
    ];
    parts.into_iter().flatten().collect()
}
