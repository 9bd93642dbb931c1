//! What joins axum and dango-auth.

use std::net::SocketAddr;

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use dango_auth::core::audit::{Origin, Via};
use dango_auth::sessions::Presented;
use dango_auth::{Auth, Caller, Error, Kind};
use serde_json::json;

/// A refusal as an answer.
pub(crate) struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match self.0.kind() {
            Kind::BadCredentials | Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::Denied | Kind::Obliged => StatusCode::FORBIDDEN,
            Kind::Locked | Kind::Throttled => StatusCode::TOO_MANY_REQUESTS,
            Kind::Invalid => StatusCode::BAD_REQUEST,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        let body = json!({"code": self.0.code(), "message": self.0.to_string()});
        (status, Json(body)).into_response()
    }
}

/// Calls a use case on a thread that may wait.
pub(crate) async fn on<T: Send + 'static>(
    auth: &Auth,
    call: impl FnOnce(&Auth) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let auth = auth.clone();
    let done = tokio::task::spawn_blocking(move || call(&auth)).await;
    done.unwrap_or(Err(Error::Internal("a use case did not come back")))
}

/// Where a request comes from, for lockout and audit.
pub(crate) fn origin(peer: SocketAddr) -> Origin {
    let mut origin = Origin::local(Via::Api);
    origin.ip = Some(peer.ip());
    origin
}

/// The caller, if the Bearer token is good for somebody with the permission.
pub(crate) async fn allowed(
    auth: &Auth,
    headers: &HeaderMap,
    peer: SocketAddr,
    permission: &'static str,
) -> Result<Caller, Refused> {
    let header = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    let token = token.unwrap_or_default().to_owned();
    Ok(on(auth, move |auth| {
        let caller = auth
            .sessions()
            .authenticate(Presented::bearer(&token), origin(peer))?;
        auth.authorise(&caller, auth.parse_permission(permission)?)?;
        Ok(caller)
    })
    .await?)
}
