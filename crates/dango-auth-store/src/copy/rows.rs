//! Every table as plain rows, for taking a whole database elsewhere.
//!
//! The order is the one in which rows can be stored: whatever is referred to comes first.

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::result::QueryResult;
use serde::Serialize;

use crate::link::{Link, on_each};
use crate::schema;

/// A row of a table that can be taken elsewhere.
pub(super) trait Copied: Serialize + Sized {
    /// The table's name.
    const TABLE: &'static str;
    /// Whether a fresh database has its one row already.
    const SINGLE: bool;
    /// Hands over every row by primary key, one at a time.
    fn each(link: &mut Link, take: &mut dyn FnMut(Self) -> QueryResult<()>) -> QueryResult<()>;
    /// Stores rows.
    fn insert(link: &mut Link, rows: &[Self]) -> QueryResult<usize>;
    /// How many rows there are.
    fn count(link: &mut Link) -> QueryResult<i64>;
    /// Takes out the row of a fresh database.
    fn clear(link: &mut Link) -> QueryResult<usize>;
}

/// What is done with each table in turn.
pub(super) trait Visit {
    type Error;
    fn table<T: Copied>(&mut self) -> Result<(), Self::Error>;
}

macro_rules! copied {
    ($($table:ident $(($single:ident))? by $($key:ident)+ => $row:ident {
        $($column:ident: $type:ty,)+
    })+) => {
        $(
            #[derive(Queryable, Selectable, Insertable, Serialize)]
            #[diesel(table_name = schema::$table, treat_none_as_default_value = false)]
            struct $row { $($column: $type,)+ }

            impl Copied for $row {
                const TABLE: &'static str = stringify!($table);
                const SINGLE: bool = copied!(@single $($single)?);

                fn each(
                    link: &mut Link,
                    take: &mut dyn FnMut(Self) -> QueryResult<()>,
                ) -> QueryResult<()> {
                    use schema::$table::dsl;
                    let rows = schema::$table::table.order(($(dsl::$key.asc(),)+));
                    match link {
                        Link::Sqlite(connection) => rows
                            .select(Self::as_select())
                            .load_iter::<Self, DefaultLoadingMode>(connection)?
                            .try_for_each(|row| take(row?)),
                        Link::Postgres(connection) => rows
                            .select(Self::as_select())
                            .load_iter::<Self, PgRowByRowLoadingMode>(connection)?
                            .try_for_each(|row| take(row?)),
                    }
                }

                fn insert(link: &mut Link, rows: &[Self]) -> QueryResult<usize> {
                    on_each!(link, connection => {
                        diesel::insert_into(schema::$table::table).values(rows).execute(connection)
                    })
                }

                fn count(link: &mut Link) -> QueryResult<i64> {
                    schema::$table::table.count().get_result(link)
                }

                fn clear(link: &mut Link) -> QueryResult<usize> {
                    diesel::delete(schema::$table::table).execute(link)
                }
            }
        )+

        /// Visits every table.
        pub(super) fn visit<V: Visit>(visitor: &mut V) -> Result<(), V::Error> {
            $(visitor.table::<$row>()?;)+
            Ok(())
        }
    };
    (@single) => { false };
    (@single single) => { true };
}

copied! {
    guard (single) by id => GuardRow {
        id: i32,
        epoch: i64,
        key_id: Option<String>,
    }
    installation (single) by id => InstallationRow {
        id: i32,
        key_check: Option<Vec<u8>>,
        setup_completed_at: Option<i64>,
        setup_token_hash: Option<Vec<u8>>,
        setup_token_expires_at: Option<i64>,
        auth_disabled: bool,
    }
    replaced_keys by key_id => ReplacedKeysRow {
        key_id: String,
        replaced_by: String,
        started_at: i64,
        finished_at: Option<i64>,
    }
    kept_keys by purpose key_id => KeptKeysRow {
        purpose: String,
        key_id: String,
        last_id: Option<i64>,
        sealed: Vec<u8>,
    }
    settings by name => SettingsRow {
        name: String,
        value: String,
        updated_by: String,
        updated_at: i64,
    }
    users by id => UsersRow {
        id: String,
        version: i64,
        account_key: Vec<u8>,
        username: String,
        email: Option<String>,
        role: String,
        everywhere: bool,
        active: bool,
        password_sealed: Option<Vec<u8>>,
        password_kind: Option<String>,
        password_changed_at: Option<i64>,
        password_expires_at: Option<i64>,
        must_change: bool,
        invite_hash: Option<Vec<u8>>,
        invite_expires_at: Option<i64>,
        security_epoch: i64,
        last_login_at: Option<i64>,
        created_at: i64,
        updated_at: i64,
    }
    login_names by name => LoginNamesRow {
        name: String,
        user_id: String,
    }
    workspaces by id => WorkspacesRow {
        id: String,
        name: String,
        description: String,
        version: i64,
        created_at: i64,
        updated_at: i64,
    }
    user_grants by user_id workspace_id => UserGrantsRow {
        user_id: String,
        workspace_id: String,
        role: String,
    }
    kept_answers by caller request_key => KeptAnswersRow {
        caller: String,
        request_key: String,
        fingerprint: Vec<u8>,
        sealed: Vec<u8>,
        expires_at: i64,
    }
    sessions by id => SessionsRow {
        id: String,
        user_id: String,
        token_hash: Vec<u8>,
        transport: String,
        partial: bool,
        security_epoch: i64,
        created_at: i64,
        last_activity: i64,
        expires_at: i64,
        ip: Option<String>,
        user_agent: Option<String>,
        ended_at: Option<i64>,
        ending: Option<String>,
    }
    second_factors by user_id => SecondFactorsRow {
        user_id: String,
        enabled: bool,
        seed_sealed: Vec<u8>,
        expires_at: Option<i64>,
        last_step: Option<i64>,
        enabled_at: Option<i64>,
    }
    recovery_codes by id => RecoveryCodesRow {
        id: String,
        user_id: String,
        digest: Vec<u8>,
    }
    api_keys by id => ApiKeysRow {
        id: String,
        version: i64,
        owner_id: String,
        name: String,
        description: String,
        digest: Option<Vec<u8>>,
        bcrypt_sealed: Option<Vec<u8>>,
        prefix: String,
        limit_role: Option<String>,
        workspaces_limited: bool,
        created_at: i64,
        updated_at: i64,
        created_by: Option<String>,
        expires_at: Option<i64>,
        last_used_at: Option<i64>,
        revoked_at: Option<i64>,
    }
    api_key_grants by key_id workspace_id => ApiKeyGrantsRow {
        key_id: String,
        workspace_id: String,
        role: Option<String>,
    }
    login_pairs by account_key source => LoginPairsRow {
        account_key: Vec<u8>,
        source: String,
        failures: i32,
        locks: i32,
        since: Option<i64>,
        last_at: Option<i64>,
        locked_until: Option<i64>,
        touched_at: i64,
    }
    login_accounts by account_key => LoginAccountsRow {
        account_key: Vec<u8>,
        in_a_row: i32,
        since: Option<i64>,
        last_at: Option<i64>,
        recent: Vec<u8>,
        guarded_until: Option<i64>,
        ceiling_until: Option<i64>,
        touched_at: i64,
    }
    login_sources by source => LoginSourcesRow {
        source: String,
        failed: Vec<u8>,
        refused_until: Option<i64>,
        touched_at: i64,
    }
    login_devices by id => LoginDevicesRow {
        id: String,
        user_id: String,
        token_hash: Vec<u8>,
        failures: i32,
        locks: i32,
        since: Option<i64>,
        last_at: Option<i64>,
        locked_until: Option<i64>,
        in_a_row: i32,
        expires_at: i64,
    }
    factor_attempts by user_id => FactorAttemptsRow {
        user_id: String,
        failures: i32,
        locks: i32,
        since: Option<i64>,
        last_at: Option<i64>,
        locked_until: Option<i64>,
        total: i32,
        touched_at: i64,
    }
    limit_logs by limit_key => LimitLogsRow {
        limit_key: String,
        log: Vec<u8>,
        touched_at: i64,
    }
    audit_events by id => AuditEventsRow {
        id: i64,
        at: i64,
        event: String,
        actor_kind: String,
        actor_id: Option<String>,
        actor_name: String,
        target_kind: Option<String>,
        target_id: Option<String>,
        target_name: Option<String>,
        workspace: Option<String>,
        outcome: String,
        ip: Option<String>,
        user_agent: Option<String>,
        request_id: Option<String>,
        via: String,
        details: String,
        mac: Vec<u8>,
        blind: Option<Vec<u8>>,
    }
    audit_checkpoint by id => AuditCheckpointRow {
        id: i32,
        last_id: i64,
        mac: Vec<u8>,
        seal: Vec<u8>,
    }
    audit_streams by name => AuditStreamsRow {
        name: String,
        last_id: i64,
        holder: Option<String>,
        held_until: Option<i64>,
    }
    audit_spans by first_id => AuditSpansRow {
        first_id: i64,
        last_id: i64,
        earliest: i64,
        latest: i64,
        latest_so_far: Option<i64>,
        earliest_from_here: Option<i64>,
    }
    metabase_mirror (single) by id => MetabaseMirrorRow {
        id: i32,
        url: Option<String>,
        linked_url: Option<String>,
        reconcile_at: Option<i64>,
        reconciled_at: Option<i64>,
        drift: i32,
        failures: i32,
        failing_since: Option<i64>,
        retry_at: Option<i64>,
        last_error: Option<String>,
        reported: bool,
    }
    metabase_links by user_id => MetabaseLinksRow {
        user_id: String,
        metabase_id: i64,
        linked_at: i64,
    }
    metabase_outbox by user_id => MetabaseOutboxRow {
        user_id: String,
        name: String,
        email: Option<String>,
        revision: i64,
        queued_at: i64,
        next_try_at: i64,
        attempts: i32,
        last_error: Option<String>,
        reported: bool,
        holder: Option<String>,
        held_until: Option<i64>,
    }
    audit_head (single) by id => AuditHeadRow {
        id: i32,
        last_id: i64,
        mac: Vec<u8>,
        key_id: Option<String>,
    }
}
