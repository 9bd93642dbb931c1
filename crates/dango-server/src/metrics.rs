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
use chrono::{DateTime, Utc};
use dango_auth::counts::{Counts, StoredCounts};
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

/// Writes one family of lines.
fn write_family(text: &mut String, name: &str, kind: &str, lines: &[(String, u64)]) {
    let _ = writeln!(text, "# TYPE {name} {kind}");
    for (labels, value) in lines {
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}

fn label(name: &str, value: &str) -> String {
    format!("{{{name}=\"{value}\"}}")
}

fn bare(value: u64) -> [(String, u64); 1] {
    [(String::new(), value)]
}

/// Writes what the store counts: the last event's number and, where Metabase is followed, how much waits.
pub fn render_stored(stored: &StoredCounts, now: DateTime<Utc>) -> String {
    let mut text = String::new();
    let mut gauge = |name, lines: &[_]| write_family(&mut text, name, "gauge", lines);
    let last_event = u64::try_from(stored.last_event).unwrap_or_default();
    gauge("dango_audit_events", &bare(last_event));
    let Some(outbox) = stored.outbox else {
        return text;
    };
    let people = [
        (
            label("state", "waiting"),
            outbox.people.saturating_sub(outbox.failing),
        ),
        (label("state", "failing"), outbox.failing),
    ];
    gauge("dango_metabase_outbox_people", &people);
    let age = outbox.oldest.map_or(0, |since| (now - since).num_seconds());
    let age = u64::try_from(age).unwrap_or_default();
    gauge("dango_metabase_outbox_oldest_seconds", &bare(age));
    gauge(
        "dango_metabase_outage",
        &bare(stored.metabase_is_out.into()),
    );
    text
}

/// Writes what the use cases have counted.
pub fn render_counts(counts: &Counts) -> String {
    let mut text = String::new();
    let mut family = |name, kind, lines: &[_]| write_family(&mut text, name, kind, lines);
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
    family(
        "dango_audit_chain_intact",
        "gauge",
        &bare(counts.chain_intact.into()),
    );
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
    fn what_waits_for_metabase_is_a_gauge_where_one_is_followed() {
        let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(90);
        let mut stored = StoredCounts {
            last_event: 7,
            outbox: None,
            metabase_is_out: true,
        };
        assert_eq!(
            render_stored(&stored, now),
            "# TYPE dango_audit_events gauge\ndango_audit_events 7\n"
        );
        stored.outbox = Some(dango_auth::ports::OutboxLength {
            people: 5,
            failing: 2,
            oldest: Some(DateTime::UNIX_EPOCH),
        });
        let text = render_stored(&stored, now);
        for line in [
            r#"dango_metabase_outbox_people{state="waiting"} 3"#,
            r#"dango_metabase_outbox_people{state="failing"} 2"#,
            "dango_metabase_outbox_oldest_seconds 90",
            "dango_metabase_outage 1",
        ] {
            assert!(text.contains(line), "no `{line}` in\n{text}");
        }
    }

    #[test]
    fn unknown_methods_share_one_label() {
        assert_eq!(known("BREW"), "other");
        assert_eq!(known("GET"), "GET");
    }
}
