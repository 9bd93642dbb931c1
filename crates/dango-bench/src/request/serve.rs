//! The server that is asked: a bare route and guarded ones, below the same middleware.

use std::net::TcpListener;
use std::path::Path;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use dango_auth::core::permission::builtin::types::DashboardView;
use dango_auth_actix::{Allowed, AllowedIn, Doorway, FromQuery, Reach, envelope};

use crate::Failure;
use crate::place::{self, Hashing};

/// Threads that answer.
const WORKERS: usize = 2;

/// Serves the installation in a folder until the process is ended.
pub(crate) fn run(folder: &Path) -> Result<(), Failure> {
    let auth = place::open(folder, Hashing::Free)?;
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
            .route("/bare", web::get().to(async || answer()))
            .route(
                "/own",
                web::get().to(async |_: Allowed<DashboardView>| answer()),
            )
            .route(
                "/placed",
                web::get().to(async |_: AllowedIn<DashboardView, FromQuery>| answer()),
            )
            .wrap(from_fn(envelope::around))
    });
    let server = server.workers(WORKERS).listen(listener)?;
    Ok(actix_web::rt::System::new().block_on(server.run())?)
}

fn answer() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(r#"{"ok":true}"#)
}
