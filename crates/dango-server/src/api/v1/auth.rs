//! Signing in and out, and the own account.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use dango_auth::core::Secret;
use dango_auth::core::session::Transport;
use dango_auth::sign_in::{PasswordAttempt, SecondFactorAttempt, SignIn, SignedIn};
use dango_auth::view::instant;
use dango_auth::{Auth, Error};
use dango_auth_actix::extract::Json;
use dango_auth_actix::problem::V1;
use dango_auth_actix::{
    Budget, Door, Doorway, Empty, Everybody, Facts, ObligedCaller, ObligedSession, Problem,
    Refusal, Reply, bearer_token,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use super::view::User;
use crate::api::{cleared, fields, signed_in};
use crate::route::Route;

/// Login name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = V1Credentials, example = json!({"username": "admin", "password": "orange lantern tuesday"}))]
struct Credentials {
    /// Username or email.
    username: String,
    #[schema(value_type = String, format = Password, max_length = 1024)]
    password: Secret,
}

/// A complete sign-in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedInAnswer {
    /// To be sent as `Authorization: Bearer`.
    token: String,
    #[serde(with = "instant")]
    expires_at: DateTime<Utc>,
    user: User,
}

impl SignedInAnswer {
    pub(super) fn new(done: &SignedIn, auth: &Auth) -> Result<Self, Error> {
        Ok(Self {
            token: done.token.expose().to_owned(),
            expires_at: done.expires_at,
            user: User::new(&done.user, auth)?,
        })
    }
}

/// How far the sign-in came.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = V1LoginAnswer)]
enum LoginAnswer {
    /// All the way.
    Complete(Box<SignedInAnswer>),
    /// A code is needed next, at `POST /api/v1/auth/second-factor`, with this token as Bearer.
    #[serde(rename_all = "camelCase")]
    Partial {
        /// Always true.
        second_factor_required: bool,
        token: String,
        #[serde(with = "instant")]
        expires_at: DateTime<Utc>,
    },
}

impl LoginAnswer {
    fn new(reached: SignIn, auth: &Auth) -> Result<Self, Error> {
        Ok(match reached {
            SignIn::Complete(done) => Self::Complete(Box::new(SignedInAnswer::new(&done, auth)?)),
            SignIn::SecondFactorNeeded { token, expires_at } => Self::Partial {
                second_factor_required: true,
                token: token.expose().to_owned(),
                expires_at,
            },
        })
    }
}

/// A code from the app, or a recovery code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = V1Code, example = json!({"code": "287082"}))]
struct Code {
    #[schema(example = "287082", max_length = 64)]
    code: String,
    /// Whether it is a recovery code.
    #[serde(default)]
    recovery: bool,
}

/// Who asks, and everything they may do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = V1Me)]
enum Me {
    /// A person.
    Person {
        user: Box<User>,
        /// Every permission held, by name.
        permissions: Vec<String>,
    },
    /// Everybody, because sign-in is switched off.
    #[serde(rename_all = "camelCase")]
    SwitchedOff {
        /// Always false.
        auth_enabled: bool,
    },
}

/// The old and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = V1PasswordChange, example = json!({"currentPassword": "orange lantern tuesday", "newPassword": "another good one"}))]
struct PasswordChange {
    #[schema(value_type = String, format = Password, max_length = 1024)]
    current_password: Secret,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 1024)]
    new_password: Secret,
}

/// The password was changed; the token that was used is replaced by this one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PasswordChanged {
    message: &'static str,
    /// There when the request came with a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", with = "instant::option")]
    #[schema(required = false)]
    expires_at: Option<DateTime<Utc>>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/auth/login", "v1Login", login)
            .summary("Sign in with a password; the session travels as a Bearer token.")
            .budget(Budget::Login)
            .writes(&["login_success", "login_failed", "account_locked"])
            .refuses(&[400, 401, 503]),
        Route::post(
            "/api/v1/auth/second-factor",
            "v1SecondFactor",
            second_factor,
        )
        .summary("Finish a sign-in with a code or a recovery code.")
        .writes(&["login_success", "two_fa_failed", "recovery_code_used"])
        .refuses(&[400, 401]),
        Route::post("/api/v1/auth/logout", "v1Logout", logout)
            .summary("End the session, here and everywhere.")
            .writes(&["logout"]),
        Route::get("/api/v1/auth/me", "v1Me", me).summary("The own profile with all permissions."),
        Route::post(
            "/api/v1/auth/change-password",
            "v1ChangePassword",
            change_password,
        )
        .summary("Change the own password; all other sessions end.")
        .writes(&["password_change", "login_failed", "account_locked"])
        .refuses(&[400, 401, 503]),
    ]
}

async fn login(
    visitor: Everybody,
    doorway: Doorway,
    Json(body): Json<Credentials>,
) -> Answer<LoginAnswer> {
    let attempt = PasswordAttempt {
        login: body.username,
        password: fields::password("password", body.password)?,
        transport: Transport::Bearer,
        device: None,
        origin: visitor.origin(Door::Api),
    };
    let answer = doorway
        .run_sign_in(move |auth| LoginAnswer::new(auth.sign_in().with_password(&attempt)?, auth))
        .await?;
    Ok(Reply::new(answer))
}

async fn second_factor(
    visitor: Everybody,
    doorway: Doorway,
    request: HttpRequest,
    Json(body): Json<Code>,
) -> Answer<SignedInAnswer> {
    let attempt = SecondFactorAttempt {
        token: bearer_token(&request).ok_or_else(|| Problem::unauthenticated(false))?,
        transport: Transport::Bearer,
        code: body.code,
        recovery: body.recovery,
        device: None,
        origin: visitor.origin(Door::Api),
    };
    fields::short("code", &attempt.code, 64)?;
    let answer = doorway
        .run(move |auth| SignedInAnswer::new(&auth.sign_in().with_second_factor(&attempt)?, auth))
        .await?;
    Ok(Reply::new(answer))
}

async fn logout(
    caller: ObligedSession,
    doorway: Doorway,
    request: HttpRequest,
) -> Result<Empty, Refusal<V1>> {
    let caller = caller.into_caller();
    if !caller.is_system() {
        doorway
            .run(move |auth| auth.sign_in().sign_out(&caller))
            .await?;
    }
    Ok(Empty::new().with_all(cleared(&Facts::of(&request))))
}

async fn me(caller: ObligedCaller, doorway: Doorway) -> Answer<Me> {
    if caller.is_system() {
        return Ok(Reply::new(Me::SwitchedOff {
            auth_enabled: false,
        }));
    }
    let caller = caller.into_caller();
    let me = doorway
        .run(move |auth| {
            let profile = auth.account().profile(&caller)?;
            let user = Box::new(User::new(&profile.user, auth)?);
            Ok(Me::Person {
                user,
                permissions: profile.permissions,
            })
        })
        .await?;
    Ok(Reply::new(me))
}

async fn change_password(
    caller: ObligedSession,
    doorway: Doorway,
    request: HttpRequest,
    Json(body): Json<PasswordChange>,
) -> Answer<PasswordChanged> {
    let current = fields::password("currentPassword", body.current_password)?;
    let new = fields::password("newPassword", body.new_password)?;
    let caller = caller.into_caller();
    let fresh = doorway
        .run(move |auth| auth.account().change_password(&caller, &current, &new))
        .await?;
    let by_cookie = fresh.session.transport == Transport::Cookie;
    let token = (!by_cookie).then(|| fresh.token.expose().to_owned());
    let expires_at = (!by_cookie).then_some(fresh.expires_at);
    let reply = Reply::new(PasswordChanged {
        message: "Password changed",
        token,
        expires_at,
    });
    let cookies = if by_cookie {
        signed_in(&fresh, &Facts::of(&request))
    } else {
        Vec::new()
    };
    Ok(reply.with_all(cookies))
}
