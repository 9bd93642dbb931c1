//! Forward-auth: whether the caller may do something somewhere, for proxies in front of other programs.

use actix_web::http::header::{HeaderName, HeaderValue};
use dango_auth::Caller;
use dango_auth_actix::extract::Query;
use dango_auth_actix::problem::Dango;
use dango_auth_actix::{CurrentCaller, Doorway, Empty, Problem, Refusal};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::route::Route;

/// What a header value cannot hold as it is; names beyond ASCII are percent-encoded.
const UNSAFE: &AsciiSet = &CONTROLS.add(b'%').add(b'"').add(b'\\');

/// The question.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The permission asked about; without one, whether anybody is signed in.
    #[param(example = "dashboard.view")]
    permission: Option<String>,
    /// The workspace the item is in; without one, an item in no workspace.
    workspace: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/auth/verify", "verify", verify)
            .summary(
                "Whether the caller may do something: 204 or 403, for nginx, Traefik and Caddy.",
            )
            .always_401()
            .writes(&["permission_denied"])
            .refuses(&[403]),
    ]
}

async fn verify(
    caller: CurrentCaller,
    doorway: Doorway,
    Query(question): Query<Question>,
) -> Result<Empty, Refusal<Dango>> {
    let caller = caller.into_caller();
    let headers = identity(&caller);
    let Some(permission) = question.permission else {
        return Ok(Empty::new().with_all(headers));
    };
    let workspace = question.workspace;
    let decided = doorway
        .auth()
        .decide(&caller, &permission, workspace.as_deref())?;
    if decided.is_allowed() {
        return Ok(Empty::new().with_all(headers));
    }
    // Only a refusal leaves a trace, and so takes the store.
    let asked = permission.clone();
    let recorded = doorway
        .run(move |auth| auth.decide_and_record(&caller, &asked, workspace.as_deref()))
        .await?;
    if recorded.is_allowed() {
        Ok(Empty::new().with_all(headers))
    } else {
        Err(Problem::permission_denied(&permission).into())
    }
}

/// Who it is, for the program behind the proxy.
fn identity(caller: &Caller) -> Vec<(HeaderName, HeaderValue)> {
    let id = caller
        .user_id()
        .map(|id| id.to_string())
        .unwrap_or_default();
    let role = caller
        .person()
        .map_or("admin", |person| person.user.role.as_str());
    let texts = [
        ("x-dango-user", caller.name()),
        ("x-dango-user-id", &id),
        ("x-dango-role", role),
    ];
    let header = |(name, text): (&'static str, &str)| {
        let text = utf8_percent_encode(text, UNSAFE).to_string();
        HeaderValue::from_str(&text)
            .ok()
            .map(|value| (HeaderName::from_static(name), value))
    };
    texts.into_iter().filter_map(header).collect()
}
