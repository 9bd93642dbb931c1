//! Accepting an invitation.

use dango_auth::core::Secret;
use dango_auth::core::session::Transport;
use dango_auth::view::UserObject;
use dango_auth_actix::extract::Json;
use dango_auth_actix::{Door, Doorway, Everybody, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::show;
use crate::api::{Answer, fields, signed_in};
use crate::route::Route;

/// The token of the link and the password to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "the-last-part-of-the-link", "password": "orange lantern tuesday"}))]
struct Acceptance {
    /// The last part of the invite link.
    #[schema(value_type = String, max_length = 1024)]
    token: Secret,
    /// The password to sign in with from now on.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 1024)]
    password: Secret,
}

/// The person who has signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Accepted {
    message: &'static str,
    user: UserObject,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/auth/accept-invite", "acceptInvite", accept)
            .summary("Set the first password by an invite link and sign in.")
            .writes(&["invite_accepted", "login_success"])
            .refuses(&[400, 503]),
    ]
}

async fn accept(
    visitor: Everybody,
    doorway: Doorway,
    Json(body): Json<Acceptance>,
) -> Answer<Accepted> {
    let password = fields::password("password", body.password)?;
    let (token, origin) = (body.token, visitor.origin(Door::Api));
    let (done, user) = doorway
        .run(move |auth| {
            let invites = auth.invites();
            let done = invites.accept(token.expose(), &password, Transport::Cookie, &origin)?;
            let user = show::user(auth, &done.user)?;
            Ok((done, user))
        })
        .await?;
    let answer = Accepted {
        message: "Password set; you are signed in",
        user,
    };
    Ok(Reply::new(answer).with_all(signed_in(&done, visitor.facts())))
}
