//! A POST per batch, signed so that the receiver can tell who sent it and when.

use chrono::{DateTime, Utc};
use dango_auth_core::Secret;
use dango_auth_core::audit::signature;
use ureq::Agent;

use super::{PATIENCE, Parcel, Refused, Sink};
use crate::outgoing;

/// The receiver.
pub(super) struct Webhook {
    agent: Agent,
    url: String,
    secret: Secret,
}

impl Webhook {
    pub(super) fn new(url: String, secret: Secret) -> Self {
        Self {
            agent: outgoing::agent(PATIENCE),
            url,
            secret,
        }
    }
}

impl Sink for Webhook {
    fn send(&mut self, parcels: &[Parcel], now: DateTime<Utc>) -> Result<(), Refused> {
        let events: Vec<&str> = parcels.iter().map(|parcel| parcel.json.as_str()).collect();
        let body = format!("{{\"events\":[{}]}}", events.join(","));
        let (Some(first), Some(last)) = (parcels.first(), parcels.last()) else {
            return Ok(());
        };
        // A receiver refuses what is old, so that nobody can send it again.
        let sent_at = now.timestamp().to_string();
        let secret = self.secret.expose().as_bytes();
        let mac = signature(secret, &[sent_at.as_bytes(), b".", body.as_bytes()]);
        let answer = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("X-Dango-Timestamp", &sent_at)
            .header("X-Dango-Signature", &format!("sha256={}", hex::encode(mac)))
            .header("X-Dango-Delivery", &format!("{}-{}", first.id, last.id))
            .send(body.as_bytes())
            .map_err(Refused::by)?;
        let status = answer.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(Refused(format!("the receiver answered {status}")))
        }
    }
}
