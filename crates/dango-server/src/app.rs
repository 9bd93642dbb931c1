//! How the parts become one application; the same for the program and for tests in process.

use actix_web::web::{Data, ServiceConfig};
use dango_auth_actix::Doorway;

use crate::metrics::Metrics;
use crate::{route, routes};

/// What all workers share.
#[derive(Clone)]
pub struct Shared {
    /// The use cases and how the server is reached.
    pub doorway: Data<Doorway>,
    /// The counters.
    pub metrics: Data<Metrics>,
}

impl Shared {
    /// Shares a doorway, with fresh counters.
    pub fn new(doorway: Doorway) -> Self {
        Self {
            doorway: Data::new(doorway),
            metrics: Data::new(Metrics::default()),
        }
    }

    /// Registers every route.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config
            .app_data(self.doorway.clone())
            .app_data(self.metrics.clone());
        route::mount(config, routes::all());
    }
}

/// The application with its middleware; a macro because its type cannot be written down.
#[macro_export]
macro_rules! application {
    ($shared:expr) => {{
        let shared: $crate::app::Shared = $shared.clone();
        actix_web::App::new()
            .configure(|config| shared.configure(config))
            .wrap(actix_web::middleware::from_fn($crate::metrics::count))
            .wrap(actix_web::middleware::from_fn(
                dango_auth_actix::envelope::around,
            ))
    }};
}
