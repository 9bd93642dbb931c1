//! One grant of a person at a time.

use dango_auth::core::id::UserId;
use dango_auth::core::permission::builtin::types::UsersManage;
use dango_auth::view::UserObject;
use dango_auth_actix::extract::{Id, Json};
use dango_auth_actix::{Allowed, Doorway, Reply};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{Answer, show};
use crate::route::Route;

/// A role in one workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"workspace": "ops", "role": "operator"}))]
struct NewGrant {
    /// Where.
    #[schema(example = "ops")]
    workspace: String,
    /// As what; anything but `admin`.
    #[schema(example = "operator")]
    role: String,
    /// Make it the only access, also of somebody who has access everywhere.
    #[serde(default)]
    only: bool,
}

/// The grant to take away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"workspace": "ops"}))]
struct LostGrant {
    /// Where.
    #[schema(example = "ops")]
    workspace: String,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::put("/api/admin/users/{id}/grants", "grant", grant)
            .summary("Give the person a role in one workspace; the other grants stay.")
            .writes(&[
                "role_changed",
                "workspace_access_changed",
                "workspace_created",
            ])
            .refuses(&[409]),
        Route::delete("/api/admin/users/{id}/grants", "revokeGrant", revoke)
            .summary("Take the person's role in one workspace away; the other grants stay.")
            .writes(&["workspace_access_changed"])
            .refuses(&[409]),
    ]
}

async fn grant(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    Json(body): Json<NewGrant>,
) -> Answer<UserObject> {
    let caller = caller.into_caller();
    let user = doorway
        .run(move |auth| {
            let done = auth
                .users()
                .grant(&caller, id, &body.workspace, &body.role, body.only)?;
            show::user(auth, &done.value)
        })
        .await?;
    Ok(Reply::new(user))
}

async fn revoke(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    Json(body): Json<LostGrant>,
) -> Answer<UserObject> {
    let caller = caller.into_caller();
    let user = doorway
        .run(move |auth| {
            let done = auth.users().revoke_grant(&caller, id, &body.workspace)?;
            show::user(auth, &done.value)
        })
        .await?;
    Ok(Reply::new(user))
}
