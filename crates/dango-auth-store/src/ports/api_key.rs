//! API keys.

use chrono::{DateTime, Utc};
use dango_auth_core::api_key::ApiKey;
use dango_auth_core::id::{ApiKeyId, UserId};
use dango_auth_core::token::TokenHash;
use dango_auth_core::user::User;

use super::{Page, Touch};
use crate::Answer;

/// An API key with its owner.
#[derive(Clone, Debug)]
pub struct ApiKeyRow {
    /// The key.
    pub key: ApiKey,
    /// Its owner.
    pub owner: User,
    /// Whether the owner's second factor is on.
    pub second_factor_on: bool,
}

/// Asking about API keys.
pub trait ApiKeyReads {
    /// The key with this digest, revoked ones included.
    fn api_key_by_digest(&mut self, digest: &TokenHash) -> Answer<Option<ApiKeyRow>>;
    /// Live keys without a digest and with this display prefix (taken over from another system).
    fn api_keys_by_prefix(&mut self, prefix: &str) -> Answer<Vec<ApiKeyRow>>;
    /// The key with this id, unless revoked.
    fn api_key(&mut self, id: ApiKeyId) -> Answer<Option<ApiKeyRow>>;
    /// Tells whether a key with this id was ever stored, revoked ones included.
    fn api_key_id_is_taken(&mut self, id: ApiKeyId) -> Answer<bool>;
    /// One page of keys that are not revoked, oldest first; of one owner or of all.
    fn api_keys(
        &mut self,
        owner: Option<UserId>,
        after: Option<(DateTime<Utc>, ApiKeyId)>,
        limit: u32,
    ) -> Answer<Page<ApiKeyRow>>;
    /// How many keys an owner has that are not revoked.
    fn count_api_keys(&mut self, owner: UserId) -> Answer<u64>;
}

/// Small writes about API keys.
pub trait ApiKeyWrites {
    /// Notes uses; older instants are passed over.
    fn touch_api_keys(&mut self, touches: &[Touch<ApiKeyId>]) -> Answer<()>;
    /// Gives a key taken over from another system its digest.
    fn promote_api_key(&mut self, id: ApiKeyId, digest: &TokenHash) -> Answer<()>;
}
