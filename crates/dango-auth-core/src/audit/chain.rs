//! The keyed chain over the audit log (contract §7, `ASVS 16.4.2`).
//!
//! `mac(n) = HMAC-SHA-256(key, "dango-audit-v2" ‖ mac(n-1) ‖ fields of row n)`, each field with its
//! length in front, so that no two different rows read alike. The first row follows [`GENESIS`]. Parts that
//! name people are covered by digests ([`Blind`]), so that they can be erased (ADR 0011).
//! A chain shows that somebody without the key edited, removed, added or reordered rows; that the
//! tail was cut shows only against an anchor kept elsewhere.

use super::Event;
use super::blind::Blind;
use crate::name::WorkspaceName;
use crate::seal::SubKey;
use crate::secret::equal_in_constant_time;

/// Length of a link in bytes.
pub const LINK_LENGTH: usize = 32;

/// The MAC of one row.
pub type Link = [u8; LINK_LENGTH];

/// What the first row follows.
pub const GENESIS: Link = [0; LINK_LENGTH];

/// Rows whose parts may be erased.
const DOMAIN: &[u8] = b"dango-audit-v2";
/// Rows of the first form.
const DOMAIN_WHOLE: &[u8] = b"dango-audit-v1";
const CHECKPOINT: &[u8] = b"dango-audit-checkpoint";

/// The key of the chain, derived from the master key for this one purpose.
#[derive(Clone, Debug)]
pub struct ChainKey(SubKey);

impl ChainKey {
    /// Takes the derived key.
    pub const fn new(key: SubKey) -> Self {
        Self(key)
    }

    /// Computes the link of the row with sequence number `id` that follows `previous`.
    ///
    /// Rows without a `blind` are of the first form, which covers every field itself; they cannot be erased.
    pub fn link(&self, previous: &Link, id: i64, event: &Event, blind: Option<&Blind>) -> Link {
        let mut fields = Fields::default();
        let Some(blind) = blind else {
            whole(&mut fields, id, event);
            return self.0.mac(&[DOMAIN_WHOLE, previous, &fields.0]);
        };
        blinded(&mut fields, id, event);
        for digest in blind.digests(event) {
            fields.field(&digest);
        }
        self.0.mac(&[DOMAIN, previous, &fields.0])
    }

    /// Vouches for the last row that was taken out of the log, and so for where its rest begins.
    pub fn checkpoint(&self, last_id: i64, link: &Link) -> Link {
        self.0.mac(&[CHECKPOINT, &last_id.to_be_bytes(), link])
    }
}

/// The fields that no erasure touches.
fn blinded(fields: &mut Fields, id: i64, event: &Event) {
    let target = event.target.as_ref();
    fields.field(&id.to_be_bytes());
    fields.field(&event.at.timestamp_micros().to_be_bytes());
    fields.field(event.name.as_str().as_bytes());
    fields.field(event.actor.kind().as_str().as_bytes());
    fields.optional(event.actor.id());
    fields.optional(target.map(|target| target.kind.as_str()));
    fields.optional(target.and_then(|target| target.id.as_deref()));
    fields.optional(event.workspace.as_ref().map(WorkspaceName::as_str));
    fields.field(event.outcome.as_str().as_bytes());
    fields.optional(event.origin.request_id.as_deref());
    fields.field(event.origin.via.as_str().as_bytes());
}

/// Every field in the order of the first form.
fn whole(fields: &mut Fields, id: i64, event: &Event) {
    let target = event.target.as_ref();
    fields.field(&id.to_be_bytes());
    fields.field(&event.at.timestamp_micros().to_be_bytes());
    fields.field(event.name.as_str().as_bytes());
    fields.field(event.actor.kind().as_str().as_bytes());
    fields.optional(event.actor.id());
    fields.field(event.actor.name().as_bytes());
    fields.optional(target.map(|target| target.kind.as_str()));
    fields.optional(target.and_then(|target| target.id.as_deref()));
    fields.optional(target.map(|target| target.name.as_str()));
    fields.optional(event.workspace.as_ref().map(WorkspaceName::as_str));
    fields.field(event.outcome.as_str().as_bytes());
    fields.optional(event.origin.ip.map(|ip| ip.to_string()).as_deref());
    fields.optional(event.origin.user_agent.as_deref());
    fields.optional(event.origin.request_id.as_deref());
    fields.field(event.origin.via.as_str().as_bytes());
    fields.field(details_text(event).as_bytes());
}

/// Compares two links without telling where they differ.
pub fn same(left: &Link, right: &Link) -> bool {
    equal_in_constant_time(left, right)
}

/// The one text form of an event's details: what is stored and what is chained.
pub fn details_text(event: &Event) -> String {
    serde_json::Value::Object(event.details.clone()).to_string()
}

/// The fields of a row, each with its length in front.
#[derive(Default)]
pub(super) struct Fields(Vec<u8>);

impl Fields {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn field(&mut self, bytes: &[u8]) {
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
    }

    /// An absent field differs from an empty one.
    pub(super) fn optional(&mut self, text: Option<&str>) {
        match text {
            None => self.0.push(0),
            Some(text) => {
                self.0.push(1);
                self.field(text.as_bytes());
            }
        }
    }
}
