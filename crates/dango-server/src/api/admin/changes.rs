//! What administrators do to people.

use dango_auth::Auth;
use dango_auth::core::id::UserId;
use dango_auth::core::permission::builtin::types::UsersManage;
use dango_auth::users::{Confirmation, ResetPassword};
use dango_auth::view::{CreatedUserObject, UserObject};
use dango_auth::{Caller, Error};
use dango_auth_actix::extract::{Id, Json, OptionalJson};
use dango_auth_actix::{Allowed, Doorway, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Answer;
use crate::api::access::AccessBody;
use crate::api::dango::Done;
use crate::api::show;
use crate::route::Route;

/// A fresh invite link. Shown once.
#[derive(Serialize, ToSchema)]
struct Invited {
    invite_url: String,
}

/// Another top-level role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "editor"}))]
struct RoleChange {
    #[schema(example = "editor")]
    role: String,
}

/// Other workspace access, replacing the whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"workspace_access": {"all": false, "grants": [{"workspace": "ops", "role": "operator"}]}}))]
struct AccessChange {
    workspace_access: AccessBody,
}

/// Whether the person's API keys go as well.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"revoke_api_keys": true}))]
struct Reset {
    #[serde(default)]
    revoke_api_keys: bool,
}

/// The address of the person to delete, typed by whoever deletes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"confirm_email": "ann@example.org"}))]
struct Deletion {
    #[schema(example = "ann@example.org")]
    confirm_email: String,
}

/// How many sessions were ended.
#[derive(Debug, Serialize, ToSchema)]
struct RevokedSessions {
    success: bool,
    revoked_count: u64,
}

pub(super) fn routes() -> Vec<Route> {
    let mut routes = credentials();
    routes.extend(rights());
    routes
}

fn credentials() -> Vec<Route> {
    vec![
        Route::post("/api/admin/users/{id}/reinvite", "reinviteUser", reinvite)
            .summary("Make the invite link again; the one before stops working.")
            .writes(&["invite_resent"])
            .refuses(&[400]),
        Route::post(
            "/api/admin/users/{id}/reset-password",
            "resetPassword",
            reset_password,
        )
        .summary("Make a temporary password; all sessions of the person end.")
        .writes(&["password_reset", "api_key_revoked"])
        .refuses(&[503]),
        Route::post("/api/admin/users/{id}/unlock", "unlockUser", unlock)
            .summary("Lift every lock of the person.")
            .writes(&["account_unlocked"]),
        Route::post(
            "/api/admin/users/{id}/revoke-sessions",
            "revokeSessions",
            revoke_sessions,
        )
        .summary("End all sessions of the person.")
        .writes(&["sessions_revoked"]),
        Route::post(
            "/api/admin/users/{id}/reset-2fa",
            "resetSecondFactor",
            reset_second_factor,
        )
        .summary("Remove the second factor of somebody who lost it.")
        .writes(&["two_fa_reset"]),
    ]
}

fn rights() -> Vec<Route> {
    vec![
        Route::put("/api/admin/users/{id}/role", "changeRole", change_role)
            .summary("Give the person another top-level role.")
            .writes(&["role_changed"])
            .refuses(&[409]),
        Route::put(
            "/api/admin/users/{id}/workspace-access",
            "setAccess",
            set_access,
        )
        .summary("Give the person other workspace access.")
        .writes(&["workspace_access_changed", "workspace_created"])
        .refuses(&[409]),
        Route::post(
            "/api/admin/users/{id}/deactivate",
            "deactivateUser",
            deactivate,
        )
        .summary("End the person's access at once.")
        .writes(&["user_deactivated"])
        .refuses(&[409]),
        Route::post(
            "/api/admin/users/{id}/reactivate",
            "reactivateUser",
            reactivate,
        )
        .summary("Give the person their access back; sessions stay ended.")
        .writes(&["user_reactivated"]),
        Route::delete("/api/admin/users/{id}", "deleteUser", delete)
            .summary("Remove the person for good; their history stays.")
            .writes(&["user_deleted"])
            .refuses(&[409]),
    ]
}

async fn reinvite(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<Invited> {
    let base = doorway.base_url();
    let caller = caller.into_caller();
    let (_, invite) = doorway
        .run(move |auth| auth.invites().resend(&caller, id, Some(&base)))
        .await?;
    Ok(Reply::new(Invited {
        invite_url: invite.url,
    }))
}

async fn reset_password(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    OptionalJson(body): OptionalJson<Reset>,
) -> Answer<CreatedUserObject> {
    let caller = caller.into_caller();
    let shown = doorway
        .run(move |auth| {
            let how = ResetPassword::Generate;
            let done = auth
                .users()
                .reset_password(&caller, id, how, body.revoke_api_keys)?;
            let temp_password = done.temporary.map(|secret| secret.expose().to_owned());
            let user = show::user(auth, &done.user)?;
            Ok(CreatedUserObject {
                user,
                invite_url: None,
                temp_password,
            })
        })
        .await?;
    Ok(Reply::new(shown))
}

async fn unlock(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<Done> {
    done(caller, &doorway, move |auth, caller| {
        auth.users().unlock(caller, id)
    })
    .await
}

async fn revoke_sessions(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<RevokedSessions> {
    let caller = caller.into_caller();
    let count = doorway
        .run(move |auth| auth.users().revoke_sessions(&caller, id))
        .await?;
    Ok(Reply::new(RevokedSessions {
        success: true,
        revoked_count: count,
    }))
}

async fn reset_second_factor(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<Done> {
    done(caller, &doorway, move |auth, caller| {
        auth.users().reset_second_factor(caller, id)
    })
    .await
}

async fn change_role(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    Json(body): Json<RoleChange>,
) -> Answer<UserObject> {
    let change = move |auth: &Auth, caller: &Caller| {
        let role = auth.parse_role(&body.role)?;
        show::user(auth, &auth.users().change_role(caller, id, &role)?.value)
    };
    changed(caller, &doorway, change).await
}

async fn set_access(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    Json(body): Json<AccessChange>,
) -> Answer<UserObject> {
    let access = body.workspace_access.into();
    let change = move |auth: &Auth, caller: &Caller| {
        show::user(auth, &auth.users().set_access(caller, id, &access)?.value)
    };
    changed(caller, &doorway, change).await
}

async fn deactivate(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<Done> {
    done(caller, &doorway, move |auth, caller| {
        auth.users().deactivate(caller, id)
    })
    .await
}

async fn reactivate(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<UserObject> {
    let change = move |auth: &Auth, caller: &Caller| {
        show::user(auth, &auth.users().reactivate(caller, id)?.value)
    };
    changed(caller, &doorway, change).await
}

async fn delete(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    Json(body): Json<Deletion>,
) -> Answer<Done> {
    let confirmation = Confirmation::Typed(body.confirm_email);
    done(caller, &doorway, move |auth, caller| {
        auth.users().delete(caller, id, &confirmation)
    })
    .await
}

/// Changes somebody and says no more than that it is done.
async fn done<T: Send + 'static>(
    caller: Allowed<UsersManage>,
    doorway: &Doorway,
    change: impl FnOnce(&Auth, &Caller) -> Result<T, Error> + Send + 'static,
) -> Answer<Done> {
    let caller = caller.into_caller();
    doorway.run(move |auth| change(auth, &caller)).await?;
    Ok(Reply::new(Done::YES))
}

/// Changes somebody and shows them as they are then.
async fn changed(
    caller: Allowed<UsersManage>,
    doorway: &Doorway,
    change: impl FnOnce(&Auth, &Caller) -> Result<UserObject, Error> + Send + 'static,
) -> Answer<UserObject> {
    let caller = caller.into_caller();
    Ok(Reply::new(
        doorway.run(move |auth| change(auth, &caller)).await?,
    ))
}
