//! An axum service over dango-auth, without actix: a sign-in and a route that takes a permission.
//!
//! `example-axum-service [FOLDER [ADDRESS]]` uses the installation in `FOLDER`, which `dango init` makes.
#![allow(clippy::print_stdout, reason = "a program for people to run")]

use std::error::Error;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::Response;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use dango_auth::core::permission::builtin::types::DashboardView;
use dango_auth::core::session::Transport;
use dango_auth::sign_in::{PasswordAttempt, SignIn};
use dango_auth::{Auth, OpenOptions, Sender};
use serde::Deserialize;
use serde_json::{Value, json};

/// What a handler answers; a refusal by dango-auth becomes one by `?`.
type Answer = Result<Json<Value>, Response<String>>;

/// Whoever sends a request: all that joins axum and dango-auth.
struct From(Sender);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = <ConnectInfo<SocketAddr> as FromRequestParts<S>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, state).await?;
        Ok(Self(Sender::of(&parts.headers, peer.ip())))
    }
}

#[derive(Deserialize)]
struct Login {
    login: String,
    password: String,
}

async fn login(State(auth): State<Auth>, From(client): From, Json(typed): Json<Login>) -> Answer {
    let (bearer, origin) = (Transport::Bearer, client.origin());
    let attempt = PasswordAttempt::new(typed.login, &typed.password, bearer, origin)?;
    match auth
        .run(move |auth| auth.sign_in().with_password(&attempt))
        .await?
    {
        SignIn::Complete(done) => Ok(Json(json!({"token": done.token.expose()}))),
        SignIn::SecondFactorNeeded { .. } => Ok(Json(json!({"second_factor_required": true}))),
    }
}

async fn reports(State(auth): State<Auth>, From(client): From) -> Answer {
    let caller = auth
        .run(move |auth| auth.admit::<DashboardView>(&client))
        .await?;
    Ok(Json(
        json!({"for": caller.name(), "reports": ["Sales", "Stock"]}),
    ))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().unwrap_or_else(|| ".".to_owned());
    let address = words.next().unwrap_or_else(|| "127.0.0.1:8901".to_owned());
    let auth = Auth::open(OpenOptions::in_folder(folder.as_ref())?)?;
    let app = Router::new()
        .route("/login", post(login))
        .route("/reports", get(reports))
        .with_state(auth);
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("the service listens on http://{}", listener.local_addr()?);
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, app).await?)
}
