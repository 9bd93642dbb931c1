//! Rate limits at the door: what a request costs, and the headers that say what is left.
//!
//! Headers of both forms are sent: `RateLimit` and `RateLimit-Policy` of the current IETF draft
//! (draft-ietf-httpapi-ratelimit-headers) and the three of its earlier ones, which clients know better.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage as _, HttpRequest};
use dango_auth::Error;
use dango_auth::core::client_address::Source;
use dango_auth::core::limiter::LimitDecision;

use crate::doorway::Doorway;
use crate::facts::Facts;
use crate::problem::Problem;

/// Which limit counts a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Budget {
    /// Sign-in attempts: 10 in 60 seconds.
    Login,
    /// Everything else: 200 in 60 seconds.
    General,
    /// Not counted: probes and static files.
    Free,
}

/// What the limiter said, kept with the request until the answer is written.
#[derive(Clone, Copy)]
struct Spent {
    policy: &'static str,
    decision: LimitDecision,
}

/// Whether a request is counted by the general limit.
pub(crate) fn counts(request: &HttpRequest, budget: Budget) -> bool {
    budget == Budget::General && !Facts::of(request).limits_exempt
}

/// Counts a request, or refuses it; `epoch` says which settings are in force where that is known.
pub(crate) async fn spend(
    request: &HttpRequest,
    doorway: &Doorway,
    budget: Budget,
    epoch: Option<i64>,
) -> Result<(), Problem> {
    let facts = Facts::of(request);
    if budget == Budget::Free || facts.limits_exempt {
        return Ok(());
    }
    let source = Source::of(facts.client);
    let (policy, counted) = match budget {
        Budget::Login => (
            "login",
            doorway.run(move |auth| auth.limits().login(source)).await,
        ),
        _ => ("api", count(doorway, source, epoch).await),
    };
    let Some(decision) = counted.map_err(|error| doorway.problem(&error))? else {
        return Ok(());
    };
    request.extensions_mut().insert(Spent { policy, decision });
    if decision.admitted {
        return Ok(());
    }
    Err(Problem::rate_limited(decision.retry_after_seconds.into()))
}

async fn count(
    doorway: &Doorway,
    source: Source,
    epoch: Option<i64>,
) -> Result<Option<LimitDecision>, Error> {
    match epoch.and_then(|epoch| doorway.auth().settings_at(epoch)) {
        Some(settings) => doorway.auth().limits().general_under(&settings, source),
        None => doorway.run(move |auth| auth.limits().general(source)).await,
    }
}

/// Writes what is left into the answer.
pub(crate) fn announce(request: &HttpRequest, headers: &mut HeaderMap) {
    let Some(Spent { policy, decision }) = request.extensions().get::<Spent>().copied() else {
        return;
    };
    let (limit, remaining, reset) = (
        decision.limit,
        decision.remaining,
        decision.reset_after_seconds,
    );
    let texts = [
        ("ratelimit-limit", limit.to_string()),
        ("ratelimit-remaining", remaining.to_string()),
        ("ratelimit-reset", reset.to_string()),
        ("ratelimit-policy", format!("\"{policy}\";q={limit}")),
        ("ratelimit", format!("\"{policy}\";r={remaining};t={reset}")),
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
