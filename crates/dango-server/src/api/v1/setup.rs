//! Making the first administrator over the network.

use dango_auth::core::Secret;
use dango_auth::core::session::Transport;
use dango_auth::setup::SetupRequest;
use dango_auth_actix::extract::Json;
use dango_auth_actix::{Door, Doorway, Everybody, Reply};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Answer;
use super::auth::SignedInAnswer;
use crate::api::fields;
use crate::route::Route;

/// The first administrator.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"username": "admin", "password": "your-password"}))]
struct FirstAdmin {
    #[schema(example = "admin", max_length = 254)]
    username: String,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 1024)]
    password: Secret,
    /// Printed where the server starts; needed from any other machine.
    #[schema(value_type = Option<String>)]
    setup_token: Option<Secret>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/auth/setup", "v1Setup", setup)
            .summary("Make the first administrator; works once.")
            .writes(&["setup_completed", "login_success"])
            .refuses(&[400, 403, 503]),
    ]
}

async fn setup(
    visitor: Everybody,
    doorway: Doorway,
    Json(body): Json<FirstAdmin>,
) -> Answer<SignedInAnswer> {
    let request = SetupRequest {
        username: fields::username("username", &body.username)?,
        email: None,
        password: fields::password("password", body.password)?,
        token: body.setup_token.map(|token| token.expose().to_owned()),
        from_loopback: visitor.facts().limits_exempt,
        transport: Transport::Bearer,
        origin: visitor.origin(Door::Api),
    };
    let answer = doorway
        .run(move |auth| SignedInAnswer::new(&auth.setup().complete(&request)?, auth))
        .await?;
    Ok(Reply::new(answer))
}
