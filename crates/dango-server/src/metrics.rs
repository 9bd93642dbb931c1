//! Counters of this process, in Prometheus' text format.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use dango_auth::counts::Counts;
use dango_auth_actix::envelope;

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, f64::INFINITY];

/// What was counted since the start.
pub struct Metrics {
    started: Instant,
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    /// Answers by route, method and status.
    answers: BTreeMap<(Cow<'static, str>, &'static str, u16), u64>,
    /// Answers within each bucket's bound.
    within: [u64; BUCKETS.len()],
    seconds: f64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            counted: Mutex::default(),
        }
    }
}

impl Metrics {
    fn note(
        &self,
        route: impl Into<Cow<'static, str>>,
        method: &'static str,
        status: u16,
        seconds: f64,
    ) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        *counted
            .answers
            .entry((route.into(), method, status))
            .or_default() += 1;
        for (bound, within) in BUCKETS.iter().zip(&mut counted.within) {
            if seconds <= *bound {
                *within += 1;
            }
        }
        counted.seconds += seconds;
    }

    /// Writes all counters.
    pub fn render(&self) -> String {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::from("# TYPE dango_http_requests_total counter\n");
        for ((route, method, status), count) in &counted.answers {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            let _ = writeln!(text, "dango_http_requests_total{{{labels}}} {count}");
        }
        text.push_str("# TYPE dango_http_request_duration_seconds histogram\n");
        for (bound, within) in BUCKETS.iter().zip(&counted.within) {
            let bound = if bound.is_finite() {
                bound.to_string()
            } else {
                "+Inf".to_owned()
            };
            let _ = writeln!(
                text,
                "dango_http_request_duration_seconds_bucket{{le=\"{bound}\"}} {within}"
            );
        }
        let total: u64 = counted.answers.values().sum();
        let _ = writeln!(
            text,
            "dango_http_request_duration_seconds_sum {}",
            counted.seconds
        );
        let _ = writeln!(text, "dango_http_request_duration_seconds_count {total}");
        text.push_str("# TYPE dango_uptime_seconds gauge\n");
        let _ = writeln!(
            text,
            "dango_uptime_seconds {}",
            self.started.elapsed().as_secs()
        );
        text
    }
}

/// Writes what the use cases have counted, and the last event's number.
pub fn render_counts(counts: &Counts, last_event: i64) -> String {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, lines: &[(String, u64)]| {
        let _ = writeln!(text, "# TYPE {name} {kind}");
        for (labels, value) in lines {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let label = |name: &str, value: &str| format!("{{{name}=\"{value}\"}}");
    let sign_ins = counts.sign_ins.iter();
    let sign_ins: Vec<_> = sign_ins
        .map(|(outcome, count)| (label("outcome", outcome.as_str()), *count))
        .collect();
    family("dango_sign_ins_total", "counter", &sign_ins);
    let limited = [
        (label("limit", "login"), counts.limited_logins),
        (label("limit", "api"), counts.limited_requests),
    ];
    family("dango_rate_limited_total", "counter", &limited);
    let bare = |count: u64| [(String::new(), count)];
    let hashing = &counts.hashing;
    family("dango_hash_queue_length", "gauge", &bare(hashing.queued));
    let jobs = [
        (label("outcome", "done"), hashing.done),
        (label("outcome", "skipped"), hashing.skipped),
        (label("outcome", "refused"), hashing.refused),
    ];
    family("dango_hash_jobs_total", "counter", &jobs);
    let busy = counts.connections.saturating_sub(counts.idle_connections);
    let connections = [
        (label("state", "busy"), busy.into()),
        (label("state", "idle"), counts.idle_connections.into()),
    ];
    family("dango_store_connections", "gauge", &connections);
    let last_event = u64::try_from(last_event).unwrap_or_default();
    family("dango_audit_events", "gauge", &bare(last_event));
    text
}

/// The middleware that counts.
///
/// Routes are counted by pattern and methods by the known names, so that strangers cannot fill the
/// memory with labels.
///
/// # Errors
/// Those of the service inside.
pub async fn count<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let answer = next.call(request).await?;
    if let Some(metrics) = metrics {
        let route = envelope::pattern(answer.request());
        let method = known(answer.request().method().as_str());
        metrics.note(
            route,
            method,
            answer.status().as_u16(),
            started.elapsed().as_secs_f64(),
        );
    }
    Ok(answer)
}

fn known(method: &str) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_method_and_status() {
        let metrics = Metrics::default();
        metrics.note("/api/auth/me", "GET", 200, 0.002);
        metrics.note("/api/auth/me", "GET", 200, 0.3);
        let text = metrics.render();
        let line = r#"dango_http_requests_total{route="/api/auth/me",method="GET",status="200"} 2"#;
        assert!(text.contains(line), "{text}");
        assert!(
            text.contains("_bucket{le=\"0.005\"} 1\n") && text.contains("_bucket{le=\"+Inf\"} 2\n")
        );
    }

    #[test]
    fn unknown_methods_share_one_label() {
        assert_eq!(known("BREW"), "other");
        assert_eq!(known("GET"), "GET");
    }
}
