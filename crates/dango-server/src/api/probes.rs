//! Health for people and machines, and counters.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use dango_auth::core::permission::builtin::types::HealthView;
use dango_auth_actix::{Budget, Doorway, Everybody, MachineOr, Problem, Reply};
use serde::Serialize;
use utoipa::ToSchema;

use crate::metrics::{Metrics, render_counts, render_stored};
use crate::route::{Answers, Group, OperationDraft, Route};

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

impl Health {
    const OK: Self = Self { status: "ok" };
}

/// The routes for machines.
pub(super) fn routes() -> Vec<Route> {
    let probe = |route: Route, summary| {
        route
            .summary(summary)
            .group(Group::Operations)
            .budget(Budget::Free)
    };
    vec![
        probe(
            Route::get("/api/health", "health", ready),
            "Whether the service answers and its store does.",
        )
        .refuses(&[503]),
        probe(
            Route::get("/healthz", "alive", alive),
            "Whether the process answers.",
        ),
        probe(
            Route::get("/readyz", "ready", ready),
            "Whether requests can be served.",
        )
        .refuses(&[503]),
        probe(
            Route::get("/metrics", "metrics", metrics),
            "Counters in Prometheus' text format.",
        ),
    ]
}

async fn alive(_: Everybody) -> Result<Reply<Health>, Problem> {
    Ok(Reply::new(Health::OK))
}

async fn ready(_: Everybody, doorway: Doorway) -> Result<Reply<Health>, Problem> {
    match doorway.run(dango_auth::Auth::ready).await {
        Ok(()) => Ok(Reply::new(Health::OK)),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Err(Problem::unavailable())
        }
    }
}

/// Counters as text.
struct Counters(HttpResponse);

impl actix_web::Responder for Counters {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &actix_web::HttpRequest) -> HttpResponse {
        self.0
    }
}

impl Answers for Counters {
    fn describe(draft: &mut OperationDraft) {
        draft.answers_text(200, "text/plain");
    }
}

async fn metrics(
    _: MachineOr<HealthView>,
    doorway: Doorway,
    metrics: Data<Metrics>,
) -> Result<Counters, Problem> {
    let mut text = metrics.render();
    text.push_str(&render_counts(&doorway.auth().counts()));
    let now = doorway.auth().now();
    match doorway.run(dango_auth::Auth::stored_counts).await {
        Ok(stored) => text.push_str(&render_stored(&stored, now)),
        // What the process itself has counted is wanted most when the store does not answer.
        Err(error) => tracing::warn!(%error, "metrics without those of the store"),
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(Counters(
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, kind))
            .body(text),
    ))
}
