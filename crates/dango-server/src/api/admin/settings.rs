//! Settings that administrators change while the server runs.

use std::collections::BTreeMap;

use dango_auth::core::permission::builtin::types::AuthManage;
use dango_auth::view::SettingsObject;
use dango_auth::{Auth, Caller, Error};
use dango_auth_actix::extract::Json;
use dango_auth_actix::{Allowed, Doorway, Reply};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::Answer;
use crate::route::Route;

/// Settings to change, by name; the others stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(example = json!({"require_2fa": true, "idle_timeout_minutes": 720}))]
struct Changes(BTreeMap<String, Value>);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/admin/settings", "showSettings", show)
            .summary("The sign-in rules with the origin of each value."),
        Route::put("/api/admin/settings", "changeSettings", change)
            .summary("Change sign-in rules, all given ones or none.")
            .writes(&["settings_changed"]),
    ]
}

async fn show(caller: Allowed<AuthManage>, doorway: Doorway) -> Answer<SettingsObject> {
    let caller = caller.into_caller();
    Ok(Reply::new(
        doorway.run(move |auth| shown(auth, &caller)).await?,
    ))
}

async fn change(
    caller: Allowed<AuthManage>,
    doorway: Doorway,
    Json(Changes(values)): Json<Changes>,
) -> Answer<SettingsObject> {
    let caller = caller.into_caller();
    let settings = doorway
        .run(move |auth| {
            auth.configuration().put(&caller, &values)?;
            shown(auth, &caller)
        })
        .await?;
    Ok(Reply::new(settings))
}

fn shown(auth: &Auth, caller: &Caller) -> Result<SettingsObject, Error> {
    let entries = auth.configuration().show(caller)?;
    Ok(SettingsObject::new(
        entries.iter().filter(|entry| entry.key().is_runtime()),
    ))
}
