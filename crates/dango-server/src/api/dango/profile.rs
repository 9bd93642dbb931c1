//! The own profile and password.

use actix_web::HttpRequest;
use dango_auth::core::Secret;
use dango_auth::view::UserObject;
use dango_auth_actix::extract::Json;
use dango_auth_actix::{Doorway, Facts, ObligedCaller, ObligedSession, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Done;
use crate::api::show;
use crate::api::{Answer, fields, signed_in};
use crate::route::Route;

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Me {
    /// A person.
    Person(Box<Profile>),
    /// Everybody, because sign-in is switched off.
    SwitchedOff {
        /// Always false.
        auth_enabled: bool,
    },
}

/// A person with everything they may do.
#[derive(Debug, Serialize, ToSchema)]
struct Profile {
    #[serde(flatten)]
    user: UserObject,
    /// Every permission held, by name.
    permissions: Vec<String>,
}

/// The old and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "orange lantern tuesday", "new_password": "another good one"}))]
struct PasswordChange {
    #[schema(value_type = String, format = Password, max_length = 1024)]
    current_password: Secret,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 1024)]
    new_password: Secret,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/auth/me", "me", me).summary("The own profile with all permissions."),
        Route::post(
            "/api/auth/change-password",
            "changePassword",
            change_password,
        )
        .summary("Change the own password; all other sessions end.")
        .writes(&["password_change", "login_failed", "account_locked"])
        .refuses(&[400, 423, 503]),
    ]
}

async fn me(caller: ObligedCaller, doorway: Doorway) -> Answer<Me> {
    if caller.is_system() {
        return Ok(Reply::new(Me::SwitchedOff {
            auth_enabled: false,
        }));
    }
    let caller = caller.into_caller();
    let profile = doorway
        .run(move |auth| {
            let profile = auth.account().profile(&caller)?;
            let user = show::user(auth, &profile.user)?;
            Ok(Profile {
                user,
                permissions: profile.permissions,
            })
        })
        .await?;
    Ok(Reply::new(Me::Person(Box::new(profile))))
}

async fn change_password(
    caller: ObligedSession,
    doorway: Doorway,
    request: HttpRequest,
    Json(body): Json<PasswordChange>,
) -> Answer<Done> {
    let current = fields::password("current_password", body.current_password)?;
    let new = fields::password("new_password", body.new_password)?;
    let caller = caller.into_caller();
    let fresh = doorway
        .run(move |auth| auth.account().change_password(&caller, &current, &new))
        .await?;
    Ok(Reply::new(Done::YES).with_all(signed_in(&fresh, &Facts::of(&request))))
}
