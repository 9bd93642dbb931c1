//! Secrets at rest: one master key, subkeys for each purpose, and sealed envelopes bound to their place.
//!
//! ```text
//! .dango/secret.key ── MasterKey ──┬─ key id          (public, stored beside every envelope)
//!                                  ├─ key check       (public, stored once; tells a wrong key at start)
//!                                  └─ HKDF-SHA-256 ─── SubKey per Purpose
//! ```
//!
//! An envelope is XChaCha20-Poly1305 under the sealing subkey, with the table, column and row it belongs to
//! as associated data: a ciphertext copied to another row, column or table does not open (security research
//! §4.2). Password hashes and TOTP seeds are stored sealed, so a database alone gives no offline guessing.
//!
//! The format of an envelope is `version (1 byte) ‖ key id (8) ‖ nonce (24) ‖ ciphertext and tag`.

mod envelope;
mod key_ring;
mod master_key;

pub use envelope::{SealContext, SealError, key_id_of, open, seal};
pub use key_ring::KeyRing;
pub use master_key::{KeyId, MalformedKey, MasterKey, Purpose, SubKey};
