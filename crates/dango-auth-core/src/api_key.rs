//! A key that lets a script act for a person, with the person's rights or fewer.
//!
//! ```text
//!  create ──> live ──revoke──> revoked        live ──time──> expired
//! ```
//!
//! A key never has more rights than its owner has at that moment ([`crate::policy`] intersects), does
//! not work while its owner is inactive or has an obligation pending, and cannot manage keys.

use chrono::{DateTime, Utc};

use crate::audit::{Act, Event, EventName, Target};
use crate::change::Change;
use crate::id::{ApiKeyId, UserId, Version};
use crate::name::KeyName;
use crate::policy::KeyLimit;
use crate::token::TokenHash;

/// A key as the server remembers it.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Names it in lists.
    pub id: ApiKeyId,
    /// Counts its changes.
    pub version: Version,
    /// Whose rights it carries.
    pub owner: UserId,
    /// What its owner calls it.
    pub name: KeyName,
    /// A longer word on what it is for.
    pub description: String,
    /// How its secret is recognised.
    pub secret: KeySecret,
    /// The first characters of the key, to tell keys apart.
    pub prefix: String,
    /// What it may do at most.
    pub limit: KeyLimit,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used; written at most once a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// How a presented key is compared with the remembered one.
#[derive(Clone, Debug)]
pub enum KeySecret {
    /// SHA-256 of the whole key.
    Digest(TokenHash),
    /// A bcrypt hash taken over from another system; becomes a digest when the key is first used.
    Bcrypt(crate::password::PasswordHash),
}

/// What is decided about a key before it exists.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose rights it carries.
    pub owner: UserId,
    /// What its owner calls it.
    pub name: KeyName,
    /// A longer word on what it is for.
    pub description: String,
    /// SHA-256 of the key.
    pub token_hash: TokenHash,
    /// Its first characters.
    pub prefix: String,
    /// What it may do at most.
    pub limit: KeyLimit,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What can be changed about a key.
#[derive(Clone, Debug)]
pub struct KeyRevision {
    /// What its owner calls it.
    pub name: KeyName,
    /// A longer word on what it is for.
    pub description: String,
    /// What it may do at most.
    pub limit: KeyLimit,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Makes a key; `created_by` is the person behind `act`, if there is one.
    pub fn create(new: NewApiKey, created_by: Option<UserId>, act: &Act) -> Change<Self> {
        let key = Self {
            id: new.id,
            version: Version::NEW,
            owner: new.owner,
            name: new.name,
            description: new.description,
            secret: KeySecret::Digest(new.token_hash),
            prefix: new.prefix,
            limit: new.limit,
            created_at: act.at,
            updated_at: act.at,
            created_by,
            expires_at: new.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let event = key.event(EventName::API_KEY_CREATED, act);
        Change::new(Version::NEW, key, event)
    }

    /// A key taken over from another system as it was there; `from` names that system.
    pub fn imported(key: Self, from: &str, act: &Act) -> Change<Self> {
        let event = key
            .event(EventName::API_KEY_CREATED, act)
            .detail("imported_from", from);
        Change::new(Version::NEW, key, event)
    }

    /// Changes name, description, limit or expiry.
    pub fn revise(mut self, revision: KeyRevision, act: &Act) -> Change<Self> {
        self.name = revision.name;
        self.description = revision.description;
        self.limit = revision.limit;
        self.expires_at = revision.expires_at;
        self.stored(EventName::API_KEY_CHANGED, act)
    }

    /// Ends the key at once.
    pub fn revoke(mut self, act: &Act) -> Change<Self> {
        self.revoked_at = Some(act.at);
        self.stored(EventName::API_KEY_REVOKED, act)
    }

    fn stored(mut self, name: EventName, act: &Act) -> Change<Self> {
        let base = self.version;
        self.version = base.next();
        self.updated_at = act.at;
        let event = self.event(name, act);
        Change::new(base, self, event)
    }

    fn event(&self, name: EventName, act: &Act) -> Event {
        act.event(name, Target::api_key(self.id, self.name.as_str()))
            .detail("name", self.name.as_str())
            .detail("prefix", self.prefix.as_str())
            .detail("key_id", self.id.to_string())
            .detail("owner_id", self.owner.to_string())
    }

    /// Tells whether the key itself still works; the owner's state comes on top.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
