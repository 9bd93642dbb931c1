//! The own sessions.

use dango_auth::core::id::SessionId;
use dango_auth::view::SessionObject;
use dango_auth_actix::extract::Id;
use dango_auth_actix::{Doorway, Reply, SessionCaller};
use serde::Serialize;
use utoipa::ToSchema;

use super::Done;
use crate::api::Answer;
use crate::route::Route;

/// How many sessions were ended.
#[derive(Debug, Serialize, ToSchema)]
struct Revoked {
    /// Always true.
    success: bool,
    /// How many.
    revoked_count: u64,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/auth/sessions", "listSessions", list).summary("The own sessions."),
        Route::delete("/api/auth/sessions/{id}", "endSession", end)
            .summary("End one of the own other sessions.")
            .writes(&["sessions_revoked"])
            .refuses(&[400]),
        Route::post(
            "/api/auth/sessions/revoke-others",
            "endOtherSessions",
            end_others,
        )
        .summary("End all own sessions but this one.")
        .writes(&["sessions_revoked"]),
    ]
}

async fn list(caller: SessionCaller, doorway: Doorway) -> Answer<Vec<SessionObject>> {
    let caller = caller.into_caller();
    let sessions = doorway
        .run(move |auth| {
            let limits = auth.settings()?.session.limits();
            let sessions = auth.sessions().list(&caller)?;
            let shown = sessions.iter();
            Ok(shown
                .map(|it| SessionObject::new(&it.session, &limits, it.is_current))
                .collect())
        })
        .await?;
    Ok(Reply::new(sessions))
}

async fn end(caller: SessionCaller, doorway: Doorway, Id(id): Id<SessionId>) -> Answer<Done> {
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.sessions().end(&caller, id))
        .await?;
    Ok(Reply::new(Done::YES))
}

async fn end_others(caller: SessionCaller, doorway: Doorway) -> Answer<Revoked> {
    let caller = caller.into_caller();
    let revoked_count = doorway
        .run(move |auth| auth.sessions().end_others(&caller))
        .await?;
    Ok(Reply::new(Revoked {
        success: true,
        revoked_count,
    }))
}
