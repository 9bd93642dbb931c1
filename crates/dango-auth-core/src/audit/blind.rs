//! Commitments to the parts of an event that name people, so that these can be erased and the chain still fits.
//!
//! The chain does not cover such a part itself but a digest of it with random salt. To erase a part is to put
//! its digest in the place of text and salt: the link stays what it was, and without the salt nobody can try
//! names against the digest.

use sha2::{Digest as _, Sha256};

use super::Event;
use super::chain::{Fields, details_text};

/// Length of a salt in bytes.
pub const SALT_LENGTH: usize = 16;
/// What stands in the place of an erased name.
pub const ERASED: &str = "(erased)";

const DIGEST_LENGTH: usize = 32;
const PART_LENGTH: usize = 1 + DIGEST_LENGTH;

/// A part of an event that may be erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The actor's name.
    Actor,
    /// The target's name.
    Target,
    /// Address and user agent.
    Client,
    /// The details.
    Details,
}

impl Part {
    const ALL: [Self; 4] = [Self::Actor, Self::Target, Self::Client, Self::Details];

    const fn word(self) -> &'static [u8] {
        match self {
            Self::Actor => b"actor",
            Self::Target => b"target",
            Self::Client => b"client",
            Self::Details => b"details",
        }
    }

    /// The bytes that are committed to.
    fn of(self, event: &Event) -> Vec<u8> {
        let mut fields = Fields::default();
        match self {
            Self::Actor => fields.field(event.actor.name().as_bytes()),
            Self::Target => {
                fields.optional(event.target.as_ref().map(|target| target.name.as_str()));
            }
            Self::Client => {
                fields.optional(event.origin.ip.map(|ip| ip.to_string()).as_deref());
                fields.optional(event.origin.user_agent.as_deref());
            }
            Self::Details => fields.field(details_text(event).as_bytes()),
        }
        fields.into_bytes()
    }

    /// Takes the part out of an event.
    fn clear(self, event: &mut Event) {
        match self {
            Self::Actor => event.actor = event.actor.clone().renamed(ERASED),
            Self::Target => {
                if let Some(target) = &mut event.target {
                    ERASED.clone_into(&mut target.name);
                }
            }
            Self::Client => {
                event.origin.ip = None;
                event.origin.user_agent = None;
            }
            Self::Details => event.details.clear(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cover {
    Salt([u8; SALT_LENGTH]),
    Digest([u8; DIGEST_LENGTH]),
}

/// What is stored beside an event so that its parts can be checked, or were erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blind([Cover; 4]);

impl Blind {
    /// For a new event, from fresh random bytes.
    pub fn from_random(salt: [u8; SALT_LENGTH]) -> Self {
        Self(Part::ALL.map(|part| Cover::Salt(salt_of(&salt, part))))
    }

    /// Reads the stored form: the random bytes, or after an erasure one cover for each part.
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        if let Ok(salt) = <[u8; SALT_LENGTH]>::try_from(bytes) {
            return Some(Self::from_random(salt));
        }
        let covers: Option<Vec<Cover>> = bytes.chunks(PART_LENGTH).map(cover).collect();
        covers?.try_into().ok().map(Self)
    }

    /// The stored form of an event of which a part was erased.
    pub fn to_stored(&self) -> Vec<u8> {
        let bytes = self.0.iter().flat_map(|cover| {
            let (tag, bytes): (u8, &[u8]) = match cover {
                Cover::Salt(salt) => (0, salt),
                Cover::Digest(digest) => (1, digest),
            };
            let mut stored = vec![tag];
            stored.extend(bytes);
            stored.resize(PART_LENGTH, 0);
            stored
        });
        bytes.collect()
    }

    /// Erases a part of an event; what was erased before stays so.
    pub fn erase(&mut self, event: &mut Event, part: Part) {
        for (cover, of) in self.0.iter_mut().zip(Part::ALL) {
            if of == part {
                *cover = Cover::Digest(digest(cover, part, event));
            }
        }
        part.clear(event);
    }

    /// The digests that the chain covers.
    pub(super) fn digests(&self, event: &Event) -> [[u8; DIGEST_LENGTH]; 4] {
        let mut digests = [[0; DIGEST_LENGTH]; 4];
        for ((into, cover), part) in digests.iter_mut().zip(&self.0).zip(Part::ALL) {
            *into = digest(cover, part, event);
        }
        digests
    }

    /// Tells whether what was erased is gone from the event too: nothing may stand there unchecked.
    pub fn is_cleared(&self, event: &Event) -> bool {
        let mut bare = event.clone();
        for (cover, part) in self.0.iter().zip(Part::ALL) {
            if matches!(cover, Cover::Digest(_)) {
                part.clear(&mut bare);
            }
        }
        bare == *event
    }
}

fn digest(cover: &Cover, part: Part, event: &Event) -> [u8; DIGEST_LENGTH] {
    match cover {
        Cover::Digest(digest) => *digest,
        Cover::Salt(salt) => {
            let hash = Sha256::new()
                .chain_update(b"dango-audit-part")
                .chain_update(salt)
                .chain_update(part.word());
            hash.chain_update(part.of(event)).finalize().into()
        }
    }
}

/// One salt for each part: what is erased of one tells nothing about another.
fn salt_of(salt: &[u8; SALT_LENGTH], part: Part) -> [u8; SALT_LENGTH] {
    let hash: [u8; DIGEST_LENGTH] = Sha256::new()
        .chain_update(b"dango-audit-salt")
        .chain_update(salt)
        .chain_update(part.word())
        .finalize()
        .into();
    let mut short = [0; SALT_LENGTH];
    for (to, from) in short.iter_mut().zip(hash) {
        *to = from;
    }
    short
}

fn cover(bytes: &[u8]) -> Option<Cover> {
    match bytes.split_first()? {
        (0, rest) => {
            let (salt, padding) = rest.split_at_checked(SALT_LENGTH)?;
            let whole = padding.len() == DIGEST_LENGTH - SALT_LENGTH;
            let plain = whole && padding.iter().all(|byte| *byte == 0);
            salt.try_into().ok().filter(|_| plain).map(Cover::Salt)
        }
        (1, rest) => rest.try_into().ok().map(Cover::Digest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::chain::{ChainKey, GENESIS};
    use super::super::{Act, Actor, EventName, Origin, Target, Via};
    use super::*;
    use crate::id::UserId;
    use crate::seal::{KeyRing, MasterKey, Purpose};

    fn key() -> ChainKey {
        ChainKey::new(KeyRing::new(MasterKey::from_bytes([1; 32])).subkey(Purpose::Audit))
    }

    fn event() -> Event {
        let mut origin = Origin::local(Via::Web).with_user_agent("browser");
        origin.ip = Some([192, 0, 2, 1].into());
        let act = Act {
            actor: Actor::user(UserId::from_random([1; 16]), "ann"),
            origin,
            at: chrono::DateTime::from_timestamp(1_767_268_800, 0).unwrap(),
        };
        let target = Target::user(UserId::from_random([2; 16]), "bob");
        act.event(EventName::ROLE_CHANGED, target)
            .detail("old_role", "viewer")
    }

    #[test]
    fn an_erased_part_is_gone_and_the_link_stays() {
        let whole = event();
        let mut blind = Blind::from_random([7; 16]);
        let link = key().link(&GENESIS, 1, &whole, Some(&blind));
        let mut erased = whole.clone();
        for part in Part::ALL {
            blind.erase(&mut erased, part);
            blind = Blind::from_stored(&blind.to_stored()).unwrap();
            assert!(blind.is_cleared(&erased));
            assert_eq!(
                key().link(&GENESIS, 1, &erased, Some(&blind)),
                link,
                "{part:?}"
            );
        }
        let shown = format!("{erased:?}");
        for gone in ["ann", "bob", "192.0.2.1", "browser", "viewer"] {
            assert!(!shown.contains(gone), "{gone} in {shown}");
        }
        assert!(!blind.is_cleared(&whole));
    }

    #[test]
    fn what_is_not_erased_still_counts() {
        let mut event = event();
        let mut blind = Blind::from_random([7; 16]);
        let link = key().link(&GENESIS, 1, &event, Some(&blind));
        blind.erase(&mut event, Part::Target);
        let edits: [fn(&mut Event); 4] = [
            |e| e.actor = e.actor.clone().renamed("eve"),
            |e| e.origin.ip = None,
            |e| drop(e.details.insert("x".to_owned(), 1.into())),
            |e| e.name = EventName::LOGOUT,
        ];
        for edit in edits {
            let mut edited = event.clone();
            edit(&mut edited);
            assert_ne!(key().link(&GENESIS, 1, &edited, Some(&blind)), link);
        }
    }

    #[test]
    fn other_bytes_are_no_cover() {
        let mut event = event();
        let mut blind = Blind::from_random([7; 16]);
        blind.erase(&mut event, Part::Actor);
        let stored = blind.to_stored();
        assert_eq!(stored.len(), 132);
        for bad in [&stored[..131], &stored[..33], &[], &[0; 15], &[2; 132]] {
            assert_eq!(Blind::from_stored(bad), None);
        }
    }
}
