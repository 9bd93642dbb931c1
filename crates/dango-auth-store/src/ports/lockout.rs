//! Failed attempts and the locks that follow.

use chrono::{DateTime, Utc};
use dango_auth_core::id::UserId;
use dango_auth_core::lockout::{AccountState, FactorState, PairState, SourceState};

use super::{AccountKey, LockSummary, SourceKey};
use crate::Answer;

/// Everything that decides whether an attempt may be evaluated (`security.md` §4.7).
///
/// Loading locks the rows for the transaction, so that parallel attempts queue.
pub trait LockoutWrites {
    /// State of account × source.
    fn pair(&mut self, account: &AccountKey, source: &SourceKey) -> Answer<PairState>;
    /// Stores it.
    fn put_pair(
        &mut self,
        account: &AccountKey,
        source: &SourceKey,
        state: &PairState,
        now: DateTime<Utc>,
    ) -> Answer<()>;
    /// State of an account over unfamiliar sources.
    fn account(&mut self, account: &AccountKey) -> Answer<AccountState>;
    /// Stores it.
    fn put_account(
        &mut self,
        account: &AccountKey,
        state: &AccountState,
        now: DateTime<Utc>,
    ) -> Answer<()>;
    /// State of a source over accounts.
    fn source(&mut self, source: &SourceKey) -> Answer<SourceState>;
    /// Stores it.
    fn put_source(
        &mut self,
        source: &SourceKey,
        state: &SourceState,
        now: DateTime<Utc>,
    ) -> Answer<()>;
    /// State of an account's second factor.
    fn factor_attempts(&mut self, user: UserId) -> Answer<FactorState>;
    /// Stores it.
    fn put_factor_attempts(
        &mut self,
        user: UserId,
        state: &FactorState,
        now: DateTime<Utc>,
    ) -> Answer<()>;
    /// Lifts every lock and count of an account: pairs, account, devices' failures, second factor.
    fn lift_locks(&mut self, account: &AccountKey, user: Option<UserId>) -> Answer<()>;
    /// Locks over all sources.
    fn lock_summary(&mut self, account: &AccountKey, now: DateTime<Utc>) -> Answer<LockSummary>;
    /// Removes state untouched since `before`, at most `limit` rows of each kind.
    fn sweep_lockout(&mut self, before: DateTime<Utc>, limit: u32) -> Answer<u64>;
}
