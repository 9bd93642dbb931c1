//! The matrix of roles and permissions.

use dango_auth::view::{PermissionObject, RoleObject};
use dango_auth_actix::{CurrentCaller, Doorway, Reply};

use super::Answer;
use crate::route::{Group, Route};

/// The routes of the matrix.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/roles", "listRoles", roles)
            .summary("All roles with their permissions.")
            .group(Group::Matrix),
        Route::get("/api/permissions", "listPermissions", permissions)
            .summary("All permissions with domain and description.")
            .group(Group::Matrix),
    ]
}

async fn roles(_: CurrentCaller, doorway: Doorway) -> Answer<Vec<RoleObject>> {
    Ok(Reply::new(RoleObject::all(&doorway.auth().policy())))
}

async fn permissions(_: CurrentCaller, doorway: Doorway) -> Answer<Vec<PermissionObject>> {
    Ok(Reply::new(PermissionObject::all(&doorway.auth().policy())))
}
