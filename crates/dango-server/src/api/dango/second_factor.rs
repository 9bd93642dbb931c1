//! The second factor: setting up, giving it, switching off, new recovery codes.

use actix_web::HttpRequest;
use dango_auth::core::Secret;
use dango_auth::core::session::Transport;
use dango_auth::sign_in::SecondFactorAttempt;
use dango_auth::view::UserObject;
use dango_auth_actix::extract::Json;
use dango_auth_actix::{
    Door, Doorway, Everybody, ObligedSession, Problem, Reply, SessionCaller, cookie,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Done;
use crate::api::show;
use crate::api::{Answer, device_of, fields, signed_in};
use crate::route::Route;

/// Longest code that is looked at: a recovery code with dashes, spaces and room for typing errors.
const CODE_MAX: usize = 64;

/// The own password, asked for again before the sign-in changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "orange lantern tuesday"}))]
struct PasswordProof {
    #[schema(value_type = String, format = Password, max_length = 1024)]
    password: Secret,
}

/// The own password and a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "orange lantern tuesday", "code": "287082"}))]
struct BothProofs {
    #[schema(value_type = String, format = Password, max_length = 1024)]
    password: Secret,
    /// From the app, or a recovery code.
    #[schema(example = "287082", max_length = 64)]
    code: String,
}

/// A code from the app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "287082"}))]
struct Code {
    #[schema(example = "287082", max_length = 64)]
    code: String,
}

/// The second step of a sign-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "287082"}))]
struct SecondStep {
    #[schema(example = "287082", max_length = 64)]
    code: String,
    /// Whether it is a recovery code.
    #[serde(default)]
    is_recovery: bool,
}

/// What to put into the app. Shown once.
#[derive(Serialize, ToSchema)]
struct Enrolment {
    secret: String,
    provisioning_uri: String,
    qr_svg: String,
    /// Valid once the set-up is verified.
    recovery_codes: Vec<String>,
}

/// New recovery codes. Shown once.
#[derive(Serialize, ToSchema)]
struct Codes {
    recovery_codes: Vec<String>,
}

/// Somebody who has just given the second factor.
#[derive(Debug, Serialize, ToSchema)]
struct Verified {
    user: UserObject,
    must_change_password: bool,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/auth/2fa/setup", "beginSecondFactor", setup)
            .summary("Begin to set up a second factor.")
            .writes(&["login_failed", "account_locked"])
            .refuses(&[400, 423, 503]),
        Route::post(
            "/api/auth/2fa/verify-setup",
            "confirmSecondFactor",
            verify_setup,
        )
        .summary("Switch the second factor on with a first code.")
        .writes(&["two_fa_enabled", "two_fa_failed", "sessions_revoked"])
        .refuses(&[400, 423]),
        Route::post("/api/auth/2fa/verify", "giveSecondFactor", verify)
            .summary("Finish a sign-in with a code or a recovery code.")
            .writes(&["login_success", "two_fa_failed", "recovery_code_used"])
            .refuses(&[400, 401, 423]),
        Route::post("/api/auth/2fa/disable", "disableSecondFactor", disable)
            .summary("Switch the second factor off.")
            .writes(&["two_fa_disabled", "two_fa_failed", "login_failed"])
            .refuses(&[400, 423, 503]),
        Route::post(
            "/api/auth/2fa/regenerate-recovery",
            "regenerateRecovery",
            regenerate,
        )
        .summary("Replace the recovery codes.")
        .writes(&[
            "recovery_codes_regenerated",
            "two_fa_failed",
            "login_failed",
        ])
        .refuses(&[400, 423, 503]),
    ]
}

async fn setup(
    caller: ObligedSession,
    doorway: Doorway,
    Json(body): Json<PasswordProof>,
) -> Answer<Enrolment> {
    let password = fields::password("password", body.password)?;
    let caller = caller.into_caller();
    let begun = doorway
        .run(move |auth| auth.second_factor().begin(&caller, &password))
        .await?;
    Ok(Reply::new(Enrolment {
        secret: begun.secret.expose().to_owned(),
        provisioning_uri: begun.provisioning_uri.expose().to_owned(),
        recovery_codes: shown(&begun.recovery_codes),
        qr_svg: begun.qr_svg,
    }))
}

async fn verify_setup(
    caller: ObligedSession,
    doorway: Doorway,
    Json(body): Json<Code>,
) -> Answer<Done> {
    fields::short("code", &body.code, CODE_MAX)?;
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.second_factor().confirm(&caller, &body.code))
        .await?;
    Ok(Reply::new(Done::YES))
}

async fn verify(
    visitor: Everybody,
    doorway: Doorway,
    request: HttpRequest,
    Json(body): Json<SecondStep>,
) -> Answer<Verified> {
    fields::short("code", &body.code, CODE_MAX)?;
    let name = cookie::SESSION.over(visitor.facts().https);
    let token =
        cookie::read(request.headers(), name).map_err(|_| Problem::unauthenticated(false))?;
    let attempt = SecondFactorAttempt {
        token: token.to_owned(),
        transport: Transport::Cookie,
        code: body.code,
        recovery: body.is_recovery,
        device: device_of(&request, visitor.facts()),
        origin: visitor.origin(Door::Api),
    };
    let (done, user) = doorway
        .run(move |auth| {
            let done = auth.sign_in().with_second_factor(&attempt)?;
            let user = show::user(auth, &done.user)?;
            Ok((done, user))
        })
        .await?;
    let must_change_password = done.must_change_password;
    let answer = Verified {
        user,
        must_change_password,
    };
    Ok(Reply::new(answer).with_all(signed_in(&done, visitor.facts())))
}

async fn disable(
    caller: SessionCaller,
    doorway: Doorway,
    Json(body): Json<BothProofs>,
) -> Answer<Done> {
    fields::short("code", &body.code, CODE_MAX)?;
    let password = fields::password("password", body.password)?;
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.second_factor().disable(&caller, &password, &body.code))
        .await?;
    Ok(Reply::new(Done::YES))
}

async fn regenerate(
    caller: SessionCaller,
    doorway: Doorway,
    Json(body): Json<BothProofs>,
) -> Answer<Codes> {
    fields::short("code", &body.code, CODE_MAX)?;
    let password = fields::password("password", body.password)?;
    let caller = caller.into_caller();
    let codes = doorway
        .run(move |auth| {
            auth.second_factor()
                .regenerate(&caller, &password, &body.code)
        })
        .await?;
    Ok(Reply::new(Codes {
        recovery_codes: shown(&codes),
    }))
}

fn shown(codes: &[Secret]) -> Vec<String> {
    codes.iter().map(|code| code.expose().to_owned()).collect()
}
