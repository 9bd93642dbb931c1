//! Our routes inside somebody else's application, under a path of their choice.
//!
//! ```no_run
//! use actix_web::{App, middleware::from_fn};
//! use dango_auth::{Auth, Environment, OpenOptions, Project};
//! use dango_auth_actix::{Doorway, Reach, envelope};
//! use dango_server::{app::Shared, embed};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (project, _) = Project::create(".".as_ref())?;
//! let auth = Auth::open(OpenOptions::new(project, Environment::of_process()).creating())?;
//! let shared = Shared::new(Doorway::new(auth, embed::reach("/auth", "http://127.0.0.1:9000"), None)?);
//! let app = move || {
//!     App::new()
//!         .app_data(shared.doorway.clone())
//!         .service(embed::api("/auth", &shared))
//!         .wrap(from_fn(envelope::around))
//! };
//! # let _ = app; Ok(()) }
//! ```
//!
//! The envelope stands around the whole application, so that the service's own routes can use the
//! extractors of `dango-auth-actix` too. Cookies are set for `/`, so one sign-in is good for both.

use actix_web::{Scope, web};
use dango_auth_actix::{ProblemPage, Reach};

use crate::app::Shared;
use crate::route::{Group, Route, mount};
use crate::{pages, routes};

/// How an application is reached that mounts us at `prefix` (such as `/auth`) and listens at `base`
/// (such as `http://127.0.0.1:9000`).
///
/// With `public_url` in the settings, that address decides about links; it has to end in `prefix`.
pub fn reach(prefix: &str, base: &str) -> Reach {
    let mounted_at = prefix.trim_end_matches('/').to_owned();
    Reach {
        base_url: format!("{}{mounted_at}", base.trim_end_matches('/')),
        mounted_at,
        ..Reach::default()
    }
}

/// Draws refusals as pages: for [`Doorway::new`](dango_auth_actix::Doorway::new) where [`everything`] is
/// mounted.
pub const PROBLEM_PAGE: ProblemPage = pages::problem_page;

/// The JSON families, roles and probes below `prefix`.
pub fn api(prefix: &str, shared: &Shared) -> Scope {
    scope(prefix, shared, |route| route.group != Group::Pages)
}

/// The JSON families and the pages below `prefix`.
pub fn everything(prefix: &str, shared: &Shared) -> Scope {
    scope(prefix, shared, |_| true)
}

/// The routes below `prefix` that `wanted` chooses.
pub fn scope(prefix: &str, shared: &Shared, wanted: impl Fn(&Route) -> bool) -> Scope {
    let routes = routes::all().into_iter().filter(wanted).collect();
    web::scope(prefix.trim_end_matches('/'))
        .app_data(shared.doorway.clone())
        .app_data(shared.metrics.clone())
        .configure(|config| mount(config, routes))
}
