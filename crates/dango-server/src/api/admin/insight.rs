//! What administrators look into: somebody's sessions, why somebody may do something, the state of the whole.

use dango_auth::core::id::UserId;
use dango_auth::core::permission::builtin::types::{AuditView, UsersManage, UsersView};
use dango_auth::view::{ChainObject, ExplanationObject, SessionObject, StatusObject};
use dango_auth_actix::extract::{Id, Query};
use dango_auth_actix::{Allowed, Doorway, Reply};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Answer;
use crate::route::Route;

/// What somebody might do.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The permission asked about.
    #[param(example = "query.execute")]
    permission: String,
    /// The workspace asked about; without one, an item in no workspace.
    workspace: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/admin/users/{id}/sessions", "listSessionsOf", sessions)
            .summary("The sessions of a person, oldest first."),
        Route::get("/api/admin/users/{id}/explanation", "explain", explain)
            .summary("Whether a person may do something, and why."),
        Route::get("/api/admin/status", "showStatus", status)
            .summary("The state of the whole in one look."),
        Route::get("/api/admin/audit/chain", "verifyAudit", verify)
            .summary("Whether the audit log is what was written; reads all of it."),
    ]
}

async fn sessions(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<Vec<SessionObject>> {
    let caller = caller.into_caller();
    let current = caller.session_id();
    let sessions = doorway
        .run(move |auth| {
            let limits = auth.settings()?.session.limits();
            let sessions = auth.sessions().list_of(&caller, id)?;
            let shown = sessions.iter();
            Ok(shown
                .map(|session| SessionObject::new(session, &limits, Some(session.id) == current))
                .collect())
        })
        .await?;
    Ok(Reply::new(sessions))
}

async fn explain(
    caller: Allowed<UsersView>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    Query(question): Query<Question>,
) -> Answer<ExplanationObject> {
    let caller = caller.into_caller();
    let explanation = doorway
        .run(move |auth| {
            let users = auth.users();
            let login = users.get(&caller, id)?.user.username;
            let workspace = question.workspace.as_deref();
            let explained =
                users.explain(&caller, login.as_str(), &question.permission, workspace)?;
            Ok(ExplanationObject::new(
                &explained.user,
                &explained.explanation,
                &explained.policy,
            ))
        })
        .await?;
    Ok(Reply::new(explanation))
}

async fn status(caller: Allowed<UsersView>, doorway: Doorway) -> Answer<StatusObject> {
    let caller = caller.into_caller();
    let report = doorway
        .run(move |auth| auth.status().report(&caller))
        .await?;
    Ok(Reply::new(StatusObject::from(&report)))
}

async fn verify(caller: Allowed<AuditView>, doorway: Doorway) -> Answer<ChainObject> {
    let caller = caller.into_caller();
    let report = doorway
        .run(move |auth| auth.audit().verify(&caller))
        .await?;
    Ok(Reply::new(ChainObject::from(report)))
}
