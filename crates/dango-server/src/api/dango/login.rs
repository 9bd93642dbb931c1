//! Signing in and out.

use actix_web::HttpRequest;
use dango_auth::core::Secret;
use dango_auth::core::session::Transport;
use dango_auth::sign_in::{PasswordAttempt, SignIn, SignedIn};
use dango_auth::view::UserObject;
use dango_auth::{Auth, Error};
use dango_auth_actix::extract::Json;
use dango_auth_actix::{Budget, Door, Doorway, Everybody, Facts, ObligedSession, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Done;
use crate::api::show;
use crate::api::{Answer, cleared, cookies, device_of, fields, signed_in};
use crate::route::Route;

/// Login name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ann@example.org", "password": "orange lantern tuesday"}))]
struct Credentials {
    /// Email or username.
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password, max_length = 1024)]
    password: Secret,
}

/// How far the sign-in came.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum LoginAnswer {
    /// All the way.
    Complete(Box<Welcome>),
    /// A code is needed next, at `POST /api/auth/2fa/verify` within five minutes.
    Partial {
        /// Always true.
        requires_2fa: bool,
    },
}

/// Somebody who has just signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Welcome {
    user: UserObject,
    must_change_password: bool,
    requires_2fa_setup: bool,
}

impl LoginAnswer {
    fn new(reached: &SignIn, auth: &Auth) -> Result<Self, Error> {
        Ok(match reached {
            SignIn::Complete(done) => Self::Complete(Box::new(Welcome::new(done, auth)?)),
            SignIn::SecondFactorNeeded { .. } => Self::Partial { requires_2fa: true },
        })
    }
}

impl Welcome {
    fn new(signed_in: &SignedIn, auth: &Auth) -> Result<Self, Error> {
        Ok(Self {
            user: show::user(auth, &signed_in.user)?,
            must_change_password: signed_in.must_change_password,
            requires_2fa_setup: signed_in.requires_2fa_setup,
        })
    }
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/auth/login", "login", login)
            .summary("Sign in with a password; the session travels as a cookie.")
            .budget(Budget::Login)
            .writes(&["login_success", "login_failed", "account_locked"])
            .refuses(&[400, 423, 503]),
        Route::post("/api/auth/logout", "logout", logout)
            .summary("End the session, here and everywhere.")
            .writes(&["logout"]),
    ]
}

async fn login(
    visitor: Everybody,
    doorway: Doorway,
    request: HttpRequest,
    Json(body): Json<Credentials>,
) -> Answer<LoginAnswer> {
    let facts = visitor.facts();
    let attempt = PasswordAttempt {
        login: body.email,
        password: fields::password("password", body.password)?,
        transport: Transport::Cookie,
        device: device_of(&request, facts),
        origin: visitor.origin(Door::Api),
    };
    let (reached, answer) = doorway
        .run_sign_in(move |auth| {
            let reached = auth.sign_in().with_password(&attempt)?;
            let answer = LoginAnswer::new(&reached, auth)?;
            Ok((reached, answer))
        })
        .await?;
    let cookies = match &reached {
        SignIn::Complete(done) => signed_in(done, facts),
        SignIn::SecondFactorNeeded { token, .. } => cookies::partial(token.expose(), facts)
            .into_iter()
            .collect(),
    };
    Ok(Reply::new(answer).with_all(cookies))
}

async fn logout(caller: ObligedSession, doorway: Doorway, request: HttpRequest) -> Answer<Done> {
    let caller = caller.into_caller();
    if !caller.is_system() {
        doorway
            .run(move |auth| auth.sign_in().sign_out(&caller))
            .await?;
    }
    Ok(Reply::new(Done::YES).with_all(cleared(&Facts::of(&request))))
}
