//! All people and workspaces, to take away.

use std::io;

use dango_auth::view::{UserObject, WorkspaceObject, instant};
use serde::Serialize;

use crate::output::Output;

/// Everything about people that is no secret.
#[derive(Debug, Serialize)]
pub(crate) struct People {
    /// Oldest first.
    pub(crate) users: Vec<UserObject>,
    /// By name.
    pub(crate) workspaces: Vec<WorkspaceObject>,
}

const COLUMNS: [&str; 10] = [
    "username",
    "email",
    "role",
    "status",
    "totp_enabled",
    "workspace_access",
    "last_login",
    "created_at",
    "updated_at",
    "id",
];

impl People {
    /// The users as comma-separated values with a heading.
    pub(crate) fn show_csv(&self, output: &mut Output) -> io::Result<()> {
        output.csv(
            &COLUMNS,
            self.users.iter().map(|user| fields(user).to_vec()),
        )
    }
}

fn fields(user: &UserObject) -> [String; 10] {
    let grants = user
        .workspace_access
        .grants()
        .iter()
        .map(|grant| format!("{}:{}", grant.workspace, grant.role));
    let access = if user.workspace_access.all {
        "all".to_owned()
    } else {
        grants.collect::<Vec<_>>().join(" ")
    };
    [
        user.username.clone(),
        user.email.clone(),
        user.role.clone(),
        user.status.clone(),
        user.totp_enabled.to_string(),
        access,
        user.last_login.map(instant::text).unwrap_or_default(),
        instant::text(user.created_at),
        instant::text(user.updated_at),
        user.id.to_string(),
    ]
}
