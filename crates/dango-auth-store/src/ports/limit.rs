//! Rate limits shared by all servers.

use chrono::{DateTime, Utc};
use dango_auth_core::limiter::Recent;

use crate::Answer;

/// Rate limits shared by all servers.
pub trait LimitWrites {
    /// The instants logged under a key; locks the key.
    fn limit_log(&mut self, key: &str) -> Answer<Recent>;
    /// Replaces them.
    fn put_limit_log(&mut self, key: &str, log: &Recent, now: DateTime<Utc>) -> Answer<()>;
    /// Removes logs untouched since `before`; tells how many.
    fn sweep_limits(&mut self, before: DateTime<Utc>, limit: u32) -> Answer<u64>;
}
