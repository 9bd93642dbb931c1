//! What the store can be asked, one file per concept.
//!
//! The traits are implemented for the transaction types of this crate and for nothing else: there is
//! no fake store, because one without transactions would lie about what matters most. Reading traits
//! are implemented for every transaction, writing ones for [`crate::WriteTx`] (and so for
//! [`crate::ChangeTx`], which derefs to it), changing ones for [`crate::ChangeTx`] alone.
//!
//! Every method can fail with [`StoreError::Unavailable`](crate::StoreError::Unavailable) or
//! [`Corrupt`](crate::StoreError::Corrupt); where another error is part of the answer, the method says
//! so. An error dooms the transaction.

#![allow(clippy::missing_errors_doc)] // said once above

mod api_key;
mod audit;
mod device;
mod factor;
mod idempotency;
mod installation;
mod key;
mod limit;
mod lockout;
mod metabase;
mod session;
mod user;
mod workspace;

use chrono::{DateTime, Utc};
pub use dango_auth_core::lockout::AccountKey;

pub use api_key::{ApiKeyReads, ApiKeyRow, ApiKeyWrites};
pub use audit::{
    Anchor, AuditFilter, AuditKeeping, AuditReads, AuditStreamReads, AuditStreamWrites,
    AuditWrites, ChainReport, Erased, EventTime, PersonInLog, StoredEvent,
};
pub use device::{Device, DeviceWrites};
pub use factor::{FactorReads, FactorWrites};
pub use idempotency::{IdempotencyReads, IdempotencyWrites, KeptAnswer};
pub use installation::{
    Installation, InstallationChanges, InstallationReads, Standing, StoredSetting,
};
pub use key::{KeyChanges, KeyReads, KeyStanding};
pub use limit::LimitWrites;
pub use lockout::LockoutWrites;
pub use metabase::{
    Claim, Lease, MetabaseChanges, MetabaseReads, MetabaseWrites, Mirror, Named, Outage,
    OutboxLength, Waiting,
};
pub use session::{SessionChanges, SessionReads, SessionRow, SessionWrites};
pub use user::{
    RoleUse, UserChanges, UserCount, UserCursor, UserFilter, UserReads, UserRow, UserWrites,
};
pub use workspace::{Workspace, WorkspaceChanges, WorkspaceReads};

/// Where attempts come from: the limiter key of an address (IPv6 by /64) as text.
pub type SourceKey = String;

/// One page of a list ordered by a key.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            more: false,
        }
    }
}

/// The lock state of an account over all sources, for lists and the profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockSummary {
    /// The most failures counted for any one source since the last success.
    pub failed_attempts: u32,
    /// The latest end of a lock.
    pub locked_until: Option<DateTime<Utc>>,
}

/// One noted use of a session or key.
#[derive(Clone, Copy, Debug)]
pub struct Touch<I> {
    /// What was used.
    pub id: I,
    /// When.
    pub at: DateTime<Utc>,
}
