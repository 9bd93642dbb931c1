//! Where dango-auth remembers: Diesel on SQLite and PostgreSQL.
//!
//! [`Store::open`] opens a database and brings its schema up to date. The only ways in are
//! [`Store::read`], [`Store::write`] and [`Store::change`], each with a transaction of its own type;
//! what can be asked of a transaction stands in [`ports`]. A decided
//! [`Change`](dango_auth_core::change::Change) is stored with [`ChangeTx::record`], always together
//! with its audit event (contract §3.7).
//!
//! | secret | at rest |
//! |---|---|
//! | password hash, TOTP seed, bcrypt hash of a taken-over key, kept answer | sealed for its row |
//! | session, invite, setup, device and API key tokens | SHA-256 |
//! | recovery codes | keyed MAC |
//! | subkeys of replaced keys that are still needed | sealed |

mod account;
mod api_key;
mod audit;
mod backup;
mod copy;
mod dialect;
mod error;
mod factor;
pub mod foreign;
mod installation;
mod kept;
mod keys;
mod limits;
mod link;
mod metabase;
mod migrate;
mod options;
mod patience;
mod pool;
pub mod ports;
mod record;
mod row;
mod schema;
mod session;
mod store;
mod tx;
mod workspace;

pub use backup::{BackupError, restore};
pub use copy::{CopiedTable, CopyError, TableStep};
pub use error::{Clash, StoreError};
pub use options::{KeySource, Location, StoreOptions};
pub use record::Recorded;
pub use store::Store;
pub use tx::{ChangeTx, ReadTx, WriteTx};

/// What the store answers.
pub type Answer<T> = Result<T, StoreError>;
