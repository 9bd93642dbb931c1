#![doc = include_str!("../README.md")]

mod account;
mod api_key;
mod audit;
mod backup;
mod copy;
mod counted;
mod dialect;
mod door;
mod error;
mod factor;
pub mod foreign;
mod installation;
mod kept;
mod keys;
mod lease;
mod limits;
mod link;
mod metabase;
mod migrate;
mod options;
mod patience;
mod pool;
pub mod ports;
mod prepared;
mod record;
mod row;
mod schema;
mod session;
mod store;
mod tx;
mod watch;
mod workspace;

pub use backup::{BackupError, restore};
pub use copy::{CopiedTable, CopyError, TableStep};
pub use error::{Clash, StoreError};
pub use options::{KeySource, Location, StoreOptions};
pub use record::Recorded;
pub use store::Store;
pub use tx::{ChangeTx, ReadTx, WriteTx};
pub use watch::{Detection, Sight, Watch};

/// What the store answers.
pub type Answer<T> = Result<T, StoreError>;
