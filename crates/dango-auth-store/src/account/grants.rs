//! Grants of users.

use std::collections::HashMap;

use dango_auth_core::id::UserId;
use dango_auth_core::workspace::{Grant, WorkspaceAccess};
use diesel::prelude::*;

use crate::Answer;
use crate::link::on_each;
use crate::prepared::StayPrepared as _;
use crate::row::Row;
use crate::schema::{user_grants, workspaces};
use crate::tx::{ReadTx, WriteTx};
use crate::workspace::ids_by_name;

/// The grants of some users, by user id.
pub(super) fn load(tx: &mut ReadTx<'_>, users: &[String]) -> Answer<HashMap<String, Vec<Grant>>> {
    let mut grants: HashMap<String, Vec<Grant>> = HashMap::new();
    if users.is_empty() {
        return Ok(grants);
    }
    let rows: Vec<(String, String, String)> = tx.query(|link| {
        user_grants::table
            .inner_join(workspaces::table)
            .filter(user_grants::user_id.eq_any(users))
            .select((user_grants::user_id, workspaces::name, user_grants::role))
            .stay_prepared_if(users.len() == 1)
            .load(link)
    })?;
    for (user, workspace, role) in rows {
        let row = Row {
            table: "user_grants",
            id: &user,
        };
        let grant = Grant {
            workspace: row.parse("workspace_id", &workspace)?,
            role: row.parse("role", &role)?,
        };
        grants.entry(user).or_default().push(grant);
    }
    Ok(grants)
}

#[derive(Insertable)]
#[diesel(table_name = user_grants)]
struct GrantRecord {
    user_id: String,
    workspace_id: String,
    role: String,
}

/// Replaces a user's grants.
///
/// # Errors
/// `NotFound` when a workspace is not registered.
pub(super) fn replace(tx: &mut WriteTx<'_>, user: UserId, access: &WorkspaceAccess) -> Answer<()> {
    let user_id = user.to_string();
    let held = load(tx, std::slice::from_ref(&user_id))?
        .remove(&user_id)
        .unwrap_or_default();
    if WorkspaceAccess::from_stored(false, held).grants() == access.grants() {
        return Ok(());
    }
    tx.query(|link| {
        diesel::delete(user_grants::table.filter(user_grants::user_id.eq(&user_id))).execute(link)
    })?;
    if access.grants().is_empty() {
        return Ok(());
    }
    let names: Vec<_> = access
        .grants()
        .iter()
        .map(|grant| &grant.workspace)
        .collect();
    let ids = ids_by_name(tx, &names)?;
    let records: Vec<GrantRecord> = ids
        .into_iter()
        .zip(access.grants())
        .map(|(workspace_id, grant)| GrantRecord {
            user_id: user_id.clone(),
            workspace_id,
            role: grant.role.as_str().to_owned(),
        })
        .collect();
    tx.query(|link| {
        on_each!(link, connection => {
            diesel::insert_into(user_grants::table).values(&records).execute(connection)
        })
    })
    .map(drop)
}
