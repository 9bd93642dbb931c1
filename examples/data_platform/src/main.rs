//! A data platform: tables and routes of its own, sign-in and rights from dango-auth in the same process.
//!
//! `example-data-platform [FOLDER [ADDRESS]]` keeps everything in `FOLDER/.dango/` and listens on `ADDRESS`.
#![allow(clippy::print_stdout, reason = "a program for people to run")]

mod routes;
mod tables;

use std::error::Error;
use std::net::TcpListener;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use dango_auth::{Auth, OpenOptions};
use dango_auth_actix::{Doorway, envelope};
use dango_server::app::Shared;
use dango_server::embed;

use crate::tables::Tables;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().unwrap_or_else(|| ".".to_owned());
    let address = words.next().unwrap_or_else(|| "127.0.0.1:8900".to_owned());
    let listener = TcpListener::bind(address)?;
    let url = format!("http://{}", listener.local_addr()?);

    let auth = Auth::open(OpenOptions::in_folder(folder.as_ref())?)?;
    if auth.setup().is_open()? {
        println!("{url}/setup?token={}", auth.setup().issue_token()?.expose());
    }
    let tables = Tables::open(&format!("{folder}/.dango/platform.db"))?;
    let tables = web::Data::new(tables);
    let doorway = Doorway::new(auth, embed::reach("", &url), Some(embed::PROBLEM_PAGE))?;
    let shared = Shared::new(doorway);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.doorway.clone())
            .app_data(tables.clone())
            .configure(routes::configure)
            .service(embed::everything("", &shared))
            .wrap(from_fn(envelope::around))
    });
    println!("the platform listens on {url}");
    Ok(server.workers(2).listen(listener)?.run().await?)
}
