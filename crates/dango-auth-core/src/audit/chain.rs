//! The keyed chain over the audit log (contract §7, `ASVS 16.4.2`).
//!
//! `mac(n) = HMAC-SHA-256(key, "dango-audit-v1" ‖ mac(n-1) ‖ fields of row n)`, each field with its
//! length in front, so that no two different rows read alike. The first row follows [`GENESIS`].
//! A chain shows that somebody without the key edited, removed, added or reordered rows; that the
//! tail was cut shows only against an anchor kept elsewhere.

use super::Event;
use crate::seal::SubKey;
use crate::secret::equal_in_constant_time;

/// Length of a link in bytes.
pub const LINK_LENGTH: usize = 32;

/// The MAC of one row.
pub type Link = [u8; LINK_LENGTH];

/// What the first row follows.
pub const GENESIS: Link = [0; LINK_LENGTH];

const DOMAIN: &[u8] = b"dango-audit-v1";

/// The key of the chain, derived from the master key for this one purpose.
#[derive(Clone, Debug)]
pub struct ChainKey(SubKey);

impl ChainKey {
    /// Takes the derived key.
    pub const fn new(key: SubKey) -> Self {
        Self(key)
    }

    /// Computes the link of the row with sequence number `id` that follows `previous`.
    pub fn link(&self, previous: &Link, id: i64, event: &Event) -> Link {
        let mut writer = Writer::default();
        writer.field(&id.to_be_bytes());
        writer.field(&event.at.timestamp_micros().to_be_bytes());
        writer.field(event.name.as_str().as_bytes());
        writer.field(event.actor.kind().as_str().as_bytes());
        writer.optional(event.actor.id());
        writer.field(event.actor.name().as_bytes());
        writer.optional(event.target.as_ref().map(|target| target.kind.as_str()));
        writer.optional(
            event
                .target
                .as_ref()
                .and_then(|target| target.id.as_deref()),
        );
        writer.optional(event.target.as_ref().map(|target| target.name.as_str()));
        writer.optional(
            event
                .workspace
                .as_ref()
                .map(crate::name::WorkspaceName::as_str),
        );
        writer.field(event.outcome.as_str().as_bytes());
        writer.optional(event.origin.ip.map(|ip| ip.to_string()).as_deref());
        writer.optional(event.origin.user_agent.as_deref());
        writer.optional(event.origin.request_id.as_deref());
        writer.field(event.origin.via.as_str().as_bytes());
        writer.field(details_text(event).as_bytes());
        self.0.mac(&[DOMAIN, previous, &writer.0])
    }
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
struct Writer(Vec<u8>);

impl Writer {
    fn field(&mut self, bytes: &[u8]) {
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
    }

    /// An absent field differs from an empty one.
    fn optional(&mut self, text: Option<&str>) {
        match text {
            None => self.0.push(0),
            Some(text) => {
                self.0.push(1);
                self.field(text.as_bytes());
            }
        }
    }
}
