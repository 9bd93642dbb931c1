//! The applications that are asked, in this process, on this thread.

use std::hint::black_box;
use std::time::Instant;

use actix_web::dev::{Service, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, Error, test, web};
use dango_auth::Environment;
use dango_auth::core::session::Transport;
use dango_auth_actix::{Doorway, Reach, envelope};
use dango_server::app::Shared;
use tracing::subscriber;

use super::cases::{Built, Case};
use crate::Failure;
use crate::place::{self, Hashing, Place};
use crate::request::scene::Scene;
use crate::request::serve::routes;

/// Who asks.
pub(crate) struct Tokens {
    pub(crate) session: String,
    pub(crate) cookie: String,
    pub(crate) key: String,
}

/// An installation and those who ask it.
pub(crate) struct Hot {
    scene: Scene,
    tokens: Tokens,
}

impl Hot {
    /// A new one.
    pub(crate) fn new() -> Result<Self, Failure> {
        let scene = Scene::with(Place::new(Hashing::Free)?, 1)?;
        let first = |tokens: &[String]| tokens.first().cloned().ok_or("no token");
        let tokens = Tokens {
            session: first(&scene.sessions)?,
            key: first(&scene.keys)?,
            cookie: scene.sign_in(Transport::Cookie)?,
        };
        Ok(Self { scene, tokens })
    }

    /// Asks one thing that often; microseconds for one.
    pub(crate) fn run(&self, case: Case, count: usize) -> Result<f64, Failure> {
        let limit = match case {
            Case::Limited => "true",
            _ => "false",
        };
        let variables = [
            ("DANGO_AUTH__RATE_LIMIT__ENABLED", limit),
            ("DANGO_AUTH__RATE_LIMIT__API__REQUESTS", "1000000"),
            ("DANGO_AUTH__RATE_LIMIT__API__WINDOW_SECONDS", "1"),
        ];
        let folder = self.scene.place.folder();
        let auth = place::open(&folder, Hashing::Free, Environment::of_pairs(variables))?;
        let doorway = Doorway::new(auth, Reach::default(), None)?;
        let asking = self.ask(case, doorway, count);
        // Lines are made and thrown away: the layer is what they cost, not what a disk does.
        let written = tracing_subscriber::fmt().with_writer(std::io::sink);
        let _log = (case == Case::Logged).then(|| subscriber::set_default(written.finish()));
        actix_web::rt::System::new().block_on(asking)
    }

    async fn ask(&self, case: Case, doorway: Doorway, count: usize) -> Result<f64, Failure> {
        let request = || case.request(&self.tokens).to_request();
        match case.built() {
            Built::Framework => {
                let service = test::init_service(App::new().configure(routes)).await;
                repeat(case, &service, request, count).await
            }
            Built::Doorway => {
                let app = App::new()
                    .app_data(web::Data::new(doorway))
                    .configure(routes)
                    .wrap(from_fn(envelope::around));
                let service = test::init_service(app).await;
                repeat(case, &service, request, count).await
            }
            Built::Server => {
                let shared = Shared::new(doorway);
                let app = dango_server::application!(shared);
                let service = test::init_service(app).await;
                repeat(case, &service, request, count).await
            }
        }
    }
}

async fn repeat<S, R, B>(
    case: Case,
    service: &S,
    request: impl Fn() -> R,
    count: usize,
) -> Result<f64, Failure>
where
    S: Service<R, Response = ServiceResponse<B>, Error = Error>,
{
    // The first one fills memories and opens connections.
    let first = service.call(request()).await?;
    if !first.status().is_success() {
        return Err(format!("{}: {}", case.name(), first.status()).into());
    }
    let start = Instant::now();
    for _ in 0..count {
        let asked = black_box(request());
        if case != Case::Request {
            black_box(service.call(asked).await?);
        }
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / count as f64)
}
