//! The server that is asked: a bare route and guarded ones, below the same middleware.

use std::net::TcpListener;
use std::path::Path;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use dango_auth::Environment;
use dango_auth::core::permission::builtin::types::DashboardView;
use dango_auth_actix::{Allowed, AllowedIn, Doorway, FromQuery, Reach, envelope};

use crate::Failure;
use crate::pin;
use crate::place::{self, Hashing};

/// Threads that answer where none is given a processor of its own.
const WORKERS: usize = 2;

/// Serves the installation in a folder until the process is ended; the process's variables say the rest.
pub(crate) fn run(folder: &Path, hashing: Hashing, by_data_version: bool) -> Result<(), Failure> {
    let pinned = pin::server();
    let auth = place::open_with(folder, hashing, Environment::of_process(), |options| {
        if by_data_version {
            options.noticing_commits_by_data_version()
        } else {
            options
        }
    })?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let base_url = format!("http://{}", listener.local_addr()?);
    println!("listens on {base_url}");
    let reach = Reach {
        base_url,
        ..Reach::default()
    };
    let doorway = web::Data::new(Doorway::new(auth, reach, None)?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(doorway.clone())
            .configure(routes)
            .wrap(from_fn(envelope::around))
    });
    let workers = if pinned { 1 } else { WORKERS };
    let server = server.workers(workers).listen(listener)?;
    Ok(actix_web::rt::System::new().block_on(server.run())?)
}

/// The routes: one that asks nobody and those that ask.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let own = async |caller: Allowed<DashboardView>| answer(caller.role_name());
    let placed = async |caller: AllowedIn<DashboardView, FromQuery>| answer(caller.role_name());
    config
        .route("/bare", web::get().to(async || answer("editor")))
        .route("/own", web::get().to(own))
        .route("/own", web::post().to(own))
        .route("/bare", web::post().to(async || answer("editor")))
        .route("/placed", web::get().to(placed));
}

fn answer(role: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(format!(r#"{{"role":"{role}"}}"#))
}
