//! What the store can be asked, one trait per concept.
//!
//! The traits are implemented for the transaction types of [`crate::tx`] and for nothing else: there
//! is no fake store, because one without transactions would lie about what matters most. Reading
//! traits are implemented for every transaction, writing ones for [`crate::WriteTx`] (and so for
//! [`crate::ChangeTx`], which derefs to it), changing ones for [`crate::ChangeTx`] alone.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use dango_auth_core::api_key::ApiKey;
use dango_auth_core::audit::{Event, EventName, Outcome};
use dango_auth_core::id::{ApiKeyId, DeviceId, RecoveryCodeId, SessionId, UserId, WorkspaceId};
use dango_auth_core::id::Version;
use dango_auth_core::lockout::{AccountState, DeviceState, FactorState, PairState, SourceState};
use dango_auth_core::name::{LoginName, RoleName, Username, WorkspaceName};
use dango_auth_core::password::PasswordHash;
use dango_auth_core::second_factor::{SecondFactor, StoredRecoveryCode};
use dango_auth_core::session::{Ending, Session};
use dango_auth_core::token::TokenHash;
use dango_auth_core::user::{AdminCensus, Status, User};

use crate::StoreError;

type Answer<T> = Result<T, StoreError>;

/// The key under which a login name's failures are counted: a keyed MAC, never the name itself.
pub type AccountKey = [u8; 32];

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

/// The lock state of an account over all sources, for lists and the profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockSummary {
    /// The most failures counted for any one source since the last success.
    pub failed_attempts: u32,
    /// The latest end of a lock.
    pub locked_until: Option<DateTime<Utc>>,
}

/// A user as lists show them.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// The account.
    pub user: User,
    /// Whether a second factor is on.
    pub second_factor_on: bool,
    /// Locks over all sources.
    pub lock: LockSummary,
}

/// Which users a list shows; all conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Part of username or email, compared without case, taken literally.
    pub search: Option<String>,
    /// Exactly this top-level role.
    pub role: Option<RoleName>,
    /// Exactly this status at `now`.
    pub status: Option<Status>,
    /// The instant statuses are computed for.
    pub now: DateTime<Utc>,
}

/// How a list of users is ordered, and after which row a page starts.
#[derive(Clone, Debug)]
pub enum UserCursor {
    /// By creation, oldest first.
    CreatedAt(Option<(DateTime<Utc>, UserId)>),
    /// By username.
    Username(Option<(Username, UserId)>),
}

/// How many users there are of one kind.
#[derive(Clone, Debug)]
pub struct UserCount {
    /// Top-level role.
    pub role: RoleName,
    /// Status now.
    pub status: Status,
    /// How many.
    pub count: u64,
}

/// Asking about people.
pub trait UserReads {
    /// The account with this id.
    fn user(&mut self, id: UserId) -> Answer<Option<User>>;
    /// The account that signs in with this name, be it username or email.
    fn user_by_login(&mut self, name: &LoginName) -> Answer<Option<User>>;
    /// The account whose open invite has this token.
    fn user_by_invite(&mut self, token: &TokenHash) -> Answer<Option<User>>;
    /// The account with second factor and locks, as lists show it.
    fn user_row(&mut self, id: UserId, now: DateTime<Utc>) -> Answer<Option<UserRow>>;
    /// One page of users.
    fn users(&mut self, filter: &UserFilter, after: &UserCursor, limit: u32) -> Answer<Page<UserRow>>;
    /// How many users there are by role and status.
    fn count_users(&mut self, now: DateTime<Utc>) -> Answer<Vec<UserCount>>;
    /// Usable administrators without a second factor, by username, at most `limit`.
    fn admins_without_second_factor(&mut self, now: DateTime<Utc>, limit: u32) -> Answer<Vec<Username>>;
    /// Tells whether any account exists.
    fn any_user(&mut self) -> Answer<bool>;
    /// How many stored password hashes there are of each parameter set, as PHC prefixes.
    fn hash_kinds(&mut self) -> Answer<Vec<(String, u64)>>;
}

/// Small writes about people that leave no trace of their own.
pub trait UserWrites {
    /// Notes a complete sign-in.
    fn note_login(&mut self, id: UserId, at: DateTime<Utc>) -> Answer<()>;
    /// Replaces a hash by a stronger one of the same password, unless it changed meanwhile.
    fn replace_hash(&mut self, id: UserId, old: &PasswordHash, new: &PasswordHash) -> Answer<bool>;
}

/// Decisions about people that need the guard.
pub trait UserChanges {
    /// Counts the usable administrators other than `besides`; the guard row is locked already.
    fn admin_census(&mut self, besides: UserId, now: DateTime<Utc>) -> Answer<AdminCensus>;
}

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id; survives renaming.
    pub id: WorkspaceId,
    /// Its name.
    pub name: WorkspaceName,
    /// What it is for.
    pub description: String,
    /// Counts its changes.
    pub version: Version,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Asking about workspaces.
pub trait WorkspaceReads {
    /// The workspace with this id.
    fn workspace(&mut self, id: WorkspaceId) -> Answer<Option<Workspace>>;
    /// The workspace with this name.
    fn workspace_by_name(&mut self, name: &WorkspaceName) -> Answer<Option<Workspace>>;
    /// One page by name; `only` limits it to these names.
    fn workspaces(
        &mut self,
        only: Option<&[WorkspaceName]>,
        after: Option<&WorkspaceName>,
        limit: u32,
    ) -> Answer<Page<Workspace>>;
    /// Who holds a grant there, by username, with the role.
    fn workspace_members(
        &mut self,
        id: WorkspaceId,
        after: Option<&Username>,
        limit: u32,
    ) -> Answer<Page<(UserId, Username, RoleName)>>;
}

/// Changing workspaces.
pub trait WorkspaceChanges {
    /// Makes a workspace; [`StoreError::Conflict`] when the name is taken.
    fn insert_workspace(&mut self, workspace: &Workspace, event: Event) -> Answer<()>;
    /// Renames or describes it anew; grants follow. Conflict when name taken or version moved.
    fn update_workspace(&mut self, workspace: &Workspace, base: Version, event: Event) -> Answer<()>;
    /// Removes it and every grant in it, of users and keys; tells how many user grants went.
    fn delete_workspace(&mut self, id: WorkspaceId, event: Event) -> Answer<u64>;
}

/// A session with what a request needs to know about its owner.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// The session, not ended.
    pub session: Session,
    /// Its owner.
    pub user: User,
    /// Whether the owner's second factor is on.
    pub second_factor_on: bool,
}

/// Asking about sessions. Ended ones do not exist here.
pub trait SessionReads {
    /// The session with this token, and its owner.
    fn session_by_token(&mut self, token: &TokenHash) -> Answer<Option<SessionRow>>;
    /// An account's full sessions, oldest first.
    fn sessions_of(&mut self, user: UserId) -> Answer<Vec<Session>>;
}

/// One noted use of a session.
#[derive(Clone, Copy, Debug)]
pub struct Touch<I> {
    /// What was used.
    pub id: I,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writing sessions.
pub trait SessionWrites {
    /// Keeps a new session.
    fn insert_session(&mut self, session: &Session) -> Answer<()>;
    /// Notes activity; ended sessions and older instants are passed over.
    fn touch_sessions(&mut self, touches: &[Touch<SessionId>]) -> Answer<()>;
    /// Ends sessions beyond the `keep` newest of an account as displaced; tells how many.
    fn displace_sessions(&mut self, user: UserId, keep: u32, now: DateTime<Utc>) -> Answer<u64>;
    /// Ends at most `limit` sessions past `expires_at`, idle since `idle_before`, or (long ended)
    /// removes rows ended before `remove_before`; returns those it ended with their reason.
    fn sweep_sessions(
        &mut self,
        now: DateTime<Utc>,
        idle_before: DateTime<Utc>,
        remove_before: DateTime<Utc>,
        limit: u32,
    ) -> Answer<Vec<(SessionId, UserId, Ending)>>;
}

/// Ending sessions, seen by the next request everywhere.
pub trait SessionChanges {
    /// Ends one session; tells whether it was alive.
    fn end_session(&mut self, id: SessionId, ending: Ending, now: DateTime<Utc>) -> Answer<bool>;
    /// Ends an account's sessions but one; tells how many were alive.
    fn end_sessions(
        &mut self,
        user: UserId,
        except: Option<SessionId>,
        now: DateTime<Utc>,
    ) -> Answer<u64>;
}

/// Asking about second factors.
pub trait FactorReads {
    /// An account's second factor.
    fn second_factor(&mut self, user: UserId) -> Answer<SecondFactor>;
    /// How many recovery codes are left.
    fn recovery_codes_left(&mut self, user: UserId) -> Answer<u32>;
}

/// Writing second factors.
pub trait FactorWrites {
    /// Keeps a started enrolment and the recovery codes shown with it, in place of any earlier one;
    /// a factor that is on is never overwritten (Conflict).
    fn put_pending_factor(
        &mut self,
        user: UserId,
        factor: &SecondFactor,
        codes: &[StoredRecoveryCode],
    ) -> Answer<()>;
    /// Moves the last accepted step forward by compare-and-set; false when it was used already.
    fn advance_step(&mut self, user: UserId, step: i64) -> Answer<bool>;
    /// Uses one recovery code up by one of these digests; false when there is none (any more).
    fn consume_recovery_code(&mut self, user: UserId, digests: &[[u8; 32]]) -> Answer<Option<RecoveryCodeId>>;
    /// Adds codes taken over from another system.
    fn insert_recovery_codes(&mut self, user: UserId, codes: &[StoredRecoveryCode]) -> Answer<()>;
}

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

/// Everything that decides whether an attempt may be evaluated (`security.md` §4.7).
///
/// Loading locks the rows for the transaction, so that parallel attempts queue.
pub trait LockoutWrites {
    /// State of account × source.
    fn pair(&mut self, account: &AccountKey, source: &SourceKey) -> Answer<PairState>;
    /// Stores it.
    fn put_pair(&mut self, account: &AccountKey, source: &SourceKey, state: &PairState, now: DateTime<Utc>) -> Answer<()>;
    /// State of an account over unfamiliar sources.
    fn account(&mut self, account: &AccountKey) -> Answer<AccountState>;
    /// Stores it.
    fn put_account(&mut self, account: &AccountKey, state: &AccountState, now: DateTime<Utc>) -> Answer<()>;
    /// State of a source over accounts.
    fn source(&mut self, source: &SourceKey) -> Answer<SourceState>;
    /// Stores it.
    fn put_source(&mut self, source: &SourceKey, state: &SourceState, now: DateTime<Utc>) -> Answer<()>;
    /// State of an account's second factor.
    fn factor_attempts(&mut self, user: UserId) -> Answer<FactorState>;
    /// Stores it.
    fn put_factor_attempts(&mut self, user: UserId, state: &FactorState, now: DateTime<Utc>) -> Answer<()>;
    /// Lifts every lock and count of an account: pairs, account, devices' failures, second factor.
    fn lift_locks(&mut self, account: &AccountKey, user: Option<UserId>) -> Answer<()>;
    /// Locks over all sources.
    fn lock_summary(&mut self, account: &AccountKey, now: DateTime<Utc>) -> Answer<LockSummary>;
    /// Removes state untouched since `before`, at most `limit` rows of each kind.
    fn sweep_lockout(&mut self, before: DateTime<Utc>, limit: u32) -> Answer<u64>;
}

/// A device its owner signed in from before.
#[derive(Clone, Debug)]
pub struct Device {
    /// Names it.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// Failures from it.
    pub state: DeviceState,
    /// When it stops counting as known.
    pub expires_at: DateTime<Utc>,
}

/// Known devices.
pub trait DeviceWrites {
    /// The device with this token, if it is this account's; locks its row.
    fn device(&mut self, user: UserId, token: &TokenHash) -> Answer<Option<Device>>;
    /// Stores its failures.
    fn put_device(&mut self, device: &Device) -> Answer<()>;
    /// Keeps a new one; the oldest beyond 20 per account go.
    fn insert_device(&mut self, device: &Device, token: &TokenHash, now: DateTime<Utc>) -> Answer<()>;
    /// Prolongs one that signed in again.
    fn renew_device(&mut self, id: DeviceId, expires_at: DateTime<Utc>) -> Answer<()>;
    /// Forgets one.
    fn forget_device(&mut self, id: DeviceId) -> Answer<()>;
}

/// Rate limits shared by all servers.
pub trait LimitWrites {
    /// The instants (microseconds) logged under a key, oldest first; locks the key.
    fn limit_log(&mut self, key: &str) -> Answer<Vec<i64>>;
    /// Replaces them.
    fn put_limit_log(&mut self, key: &str, log: &[i64], now: DateTime<Utc>) -> Answer<()>;
    /// Removes logs untouched since `before`.
    fn sweep_limits(&mut self, before: DateTime<Utc>, limit: u32) -> Answer<u64>;
}

/// Where the installation stands.
#[derive(Clone, Debug, Default)]
pub struct Installation {
    /// When the first administrator was made; setup stays closed for ever after.
    pub setup_completed_at: Option<DateTime<Utc>>,
    /// Hash and end of the setup link's token.
    pub setup_token: Option<(TokenHash, DateTime<Utc>)>,
    /// Whether sign-in was switched off by an administrator.
    pub auth_disabled: bool,
}

/// A setting changed at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSetting {
    /// Its name.
    pub name: String,
    /// Its value as JSON text.
    pub value: String,
    /// Who set it.
    pub updated_by: String,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// Asking about the installation.
pub trait InstallationReads {
    /// Where it stands.
    fn installation(&mut self) -> Answer<Installation>;
    /// Settings changed at run time, by name.
    fn stored_settings(&mut self) -> Answer<Vec<StoredSetting>>;
    /// The counter that rises with every security-relevant change.
    fn epoch(&mut self) -> Answer<i64>;
}

/// Changing the installation.
pub trait InstallationChanges {
    /// Closes setup for ever; Conflict when it is closed already.
    fn complete_setup(&mut self, at: DateTime<Utc>) -> Answer<()>;
    /// Replaces the setup link's token.
    fn put_setup_token(&mut self, token: &TokenHash, expires_at: DateTime<Utc>) -> Answer<()>;
    /// Switches sign-in on or off.
    fn set_auth_disabled(&mut self, disabled: bool, event: Event) -> Answer<()>;
    /// Sets or (with no value) removes a setting.
    fn put_setting(&mut self, setting: &StoredSetting, event: Event) -> Answer<()>;
    /// Removes a setting.
    fn remove_setting(&mut self, name: &str, event: Event) -> Answer<()>;
}

/// An event with its place in the log.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Sequence number without gaps.
    pub id: i64,
    /// The event.
    pub event: Event,
    /// Its link in the chain.
    pub mac: [u8; 32],
}

/// Which events a query shows; all conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// At or after.
    pub since: Option<DateTime<Utc>>,
    /// Before (exclusive).
    pub until: Option<DateTime<Utc>>,
    /// Any of these names; empty is all.
    pub names: Vec<EventName>,
    /// The actor's name.
    pub actor: Option<String>,
    /// The target user's name.
    pub user: Option<String>,
    /// The client's address.
    pub ip: Option<IpAddr>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Only events older than this sequence number (the cursor).
    pub before: Option<i64>,
}

/// The result of checking the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainReport {
    /// All rows are bound to each other and to the head.
    Intact {
        /// How many.
        rows: u64,
    },
    /// The first row that is not what was written.
    Broken {
        /// Its sequence number.
        at: i64,
        /// What is wrong: `edited`, `missing`, `extra`, `truncated`.
        reason: &'static str,
        /// How many rows before it are intact.
        intact: u64,
    },
}

/// Asking the audit log.
pub trait AuditReads {
    /// Events, newest first.
    fn events(&mut self, filter: &AuditFilter, limit: u32) -> Answer<Page<StoredEvent>>;
    /// Tells whether an event of this name was ever stored.
    fn event_name_exists(&mut self, name: &EventName) -> Answer<bool>;
    /// The head: last sequence number and its link.
    fn audit_head(&mut self) -> Answer<(i64, [u8; 32])>;
    /// Checks every row from the first to the head, in batches.
    fn verify_chain(&mut self) -> Answer<ChainReport>;
}

/// Adding to the audit log.
pub trait AuditWrites {
    /// Adds an event; it is chained and stored last, just before the commit.
    fn note(&mut self, event: Event);
}

/// A kept answer to a request that may be repeated.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// Hash of the request it answered.
    pub fingerprint: [u8; 32],
    /// Status and body as the front end encoded them; sealed at rest.
    pub answer: Vec<u8>,
}

/// `Idempotency-Key` answers, kept for 24 hours.
pub trait IdempotencyWrites {
    /// The kept answer to this caller's key.
    fn kept_answer(&mut self, caller: &str, key: &str, now: DateTime<Utc>) -> Answer<Option<KeptAnswer>>;
    /// Keeps an answer.
    fn keep_answer(&mut self, caller: &str, key: &str, answer: &KeptAnswer, expires_at: DateTime<Utc>) -> Answer<()>;
    /// Removes lapsed ones.
    fn sweep_answers(&mut self, now: DateTime<Utc>, limit: u32) -> Answer<u64>;
}
