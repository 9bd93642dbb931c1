//! Tokens: random strings that let somebody in, their exact form and the hash they are stored as.
//!
//! | token | form | bits | stored as |
//! |---|---|---|---|
//! | [`SessionToken`] | 43 base64url | 256 | SHA-256 of the string |
//! | [`InviteToken`] | 43 base64url | 256 | SHA-256 of the string |
//! | [`DeviceToken`] | 43 base64url | 256 | SHA-256, own domain |
//! | [`SetupToken`] | `dango_setup_` + 26 base62 + 6 checksum | 154.8 | SHA-256 of the string |
//! | [`ApiKeyToken`] | `dango_ak_` + 26 base62 + 6 checksum | 154.8 | SHA-256 of the string |
//! | [`CsrfToken`] | 64 base64url | 256 | not stored |
//!
//! Tokens this random need no slow hash: they are found by a unique index on [`TokenHash`]
//! (security research §4.3). No token carries claims, so every revocation is immediate.
//!
//! Sessions and invites are hashed without a domain prefix, as the Dango platform does, because its pending
//! invitations must keep working after an import; the two live in different tables and both are 256 random
//! bits, so neither can be mistaken for the other by guessing. API keys and setup tokens name their kind in
//! the string itself. Device tokens, which nobody imports, are hashed under their own domain.

mod api_key;
mod checksummed;
mod csrf;
mod hash;
mod opaque;
mod setup;
mod symbols;

pub use api_key::{ApiKeyKind, ApiKeyToken};
pub use csrf::CsrfToken;
pub use hash::TokenHash;
pub use opaque::{DeviceToken, InviteToken, SessionToken};
pub use setup::SetupToken;
pub(crate) use symbols::symbols_from;

/// A string that is no token of the expected kind; says nothing about what was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed {kind}")]
pub struct MalformedToken {
    /// What was expected, for the reader of the message: `session token`, `API key`, …
    pub kind: &'static str,
}
