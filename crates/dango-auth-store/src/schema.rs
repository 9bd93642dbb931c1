//! The tables, as both migrations make them.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    guard (id) {
        id -> Integer,
        epoch -> BigInt,
        key_id -> Nullable<Text>,
        lease_micros -> BigInt,
        wait_micros -> BigInt,
        lease_epoch -> BigInt,
    }
}

table! {
    installation (id) {
        id -> Integer,
        key_check -> Nullable<Binary>,
        setup_completed_at -> Nullable<BigInt>,
        setup_token_hash -> Nullable<Binary>,
        setup_token_expires_at -> Nullable<BigInt>,
        auth_disabled -> Bool,
    }
}

table! {
    replaced_keys (key_id) {
        key_id -> Text,
        replaced_by -> Text,
        started_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

table! {
    kept_keys (purpose, key_id) {
        purpose -> Text,
        key_id -> Text,
        last_id -> Nullable<BigInt>,
        sealed -> Binary,
    }
}

table! {
    settings (name) {
        name -> Text,
        value -> Text,
        updated_by -> Text,
        updated_at -> BigInt,
    }
}

table! {
    users (id) {
        id -> Text,
        version -> BigInt,
        account_key -> Binary,
        username -> Text,
        email -> Nullable<Text>,
        role -> Text,
        everywhere -> Bool,
        active -> Bool,
        password_sealed -> Nullable<Binary>,
        password_kind -> Nullable<Text>,
        password_changed_at -> Nullable<BigInt>,
        password_expires_at -> Nullable<BigInt>,
        must_change -> Bool,
        invite_hash -> Nullable<Binary>,
        invite_expires_at -> Nullable<BigInt>,
        security_epoch -> BigInt,
        last_login_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    login_names (name) {
        name -> Text,
        user_id -> Text,
    }
}

table! {
    workspaces (id) {
        id -> Text,
        name -> Text,
        description -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    user_grants (user_id, workspace_id) {
        user_id -> Text,
        workspace_id -> Text,
        role -> Text,
    }
}

table! {
    kept_answers (caller, request_key) {
        caller -> Text,
        request_key -> Text,
        fingerprint -> Binary,
        sealed -> Binary,
        expires_at -> BigInt,
    }
}

table! {
    sessions (id) {
        id -> Text,
        user_id -> Text,
        token_hash -> Binary,
        transport -> Text,
        partial -> Bool,
        security_epoch -> BigInt,
        created_at -> BigInt,
        last_activity -> BigInt,
        expires_at -> BigInt,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
        ending -> Nullable<Text>,
    }
}

table! {
    second_factors (user_id) {
        user_id -> Text,
        enabled -> Bool,
        seed_sealed -> Binary,
        expires_at -> Nullable<BigInt>,
        last_step -> Nullable<BigInt>,
        enabled_at -> Nullable<BigInt>,
    }
}

table! {
    recovery_codes (id) {
        id -> Text,
        user_id -> Text,
        digest -> Binary,
    }
}

table! {
    api_keys (id) {
        id -> Text,
        version -> BigInt,
        owner_id -> Text,
        name -> Text,
        description -> Text,
        digest -> Nullable<Binary>,
        bcrypt_sealed -> Nullable<Binary>,
        prefix -> Text,
        limit_role -> Nullable<Text>,
        workspaces_limited -> Bool,
        created_at -> BigInt,
        updated_at -> BigInt,
        created_by -> Nullable<Text>,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

table! {
    api_key_grants (key_id, workspace_id) {
        key_id -> Text,
        workspace_id -> Text,
        role -> Nullable<Text>,
    }
}

table! {
    login_pairs (account_key, source) {
        account_key -> Binary,
        source -> Text,
        failures -> Integer,
        locks -> Integer,
        since -> Nullable<BigInt>,
        last_at -> Nullable<BigInt>,
        locked_until -> Nullable<BigInt>,
        touched_at -> BigInt,
    }
}

table! {
    login_accounts (account_key) {
        account_key -> Binary,
        in_a_row -> Integer,
        since -> Nullable<BigInt>,
        last_at -> Nullable<BigInt>,
        recent -> Binary,
        guarded_until -> Nullable<BigInt>,
        ceiling_until -> Nullable<BigInt>,
        touched_at -> BigInt,
    }
}

table! {
    login_sources (source) {
        source -> Text,
        failed -> Binary,
        refused_until -> Nullable<BigInt>,
        touched_at -> BigInt,
    }
}

table! {
    login_devices (id) {
        id -> Text,
        user_id -> Text,
        token_hash -> Binary,
        failures -> Integer,
        locks -> Integer,
        since -> Nullable<BigInt>,
        last_at -> Nullable<BigInt>,
        locked_until -> Nullable<BigInt>,
        in_a_row -> Integer,
        expires_at -> BigInt,
    }
}

table! {
    factor_attempts (user_id) {
        user_id -> Text,
        failures -> Integer,
        locks -> Integer,
        since -> Nullable<BigInt>,
        last_at -> Nullable<BigInt>,
        locked_until -> Nullable<BigInt>,
        total -> Integer,
        touched_at -> BigInt,
    }
}

table! {
    limit_logs (limit_key) {
        limit_key -> Text,
        log -> Binary,
        touched_at -> BigInt,
    }
}

table! {
    audit_events (id) {
        id -> BigInt,
        at -> BigInt,
        event -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        target_kind -> Nullable<Text>,
        target_id -> Nullable<Text>,
        target_name -> Nullable<Text>,
        workspace -> Nullable<Text>,
        outcome -> Text,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Text>,
        via -> Text,
        details -> Text,
        mac -> Binary,
        blind -> Nullable<Binary>,
    }
}

table! {
    audit_spans (first_id) {
        first_id -> BigInt,
        last_id -> BigInt,
        earliest -> BigInt,
        latest -> BigInt,
        latest_so_far -> Nullable<BigInt>,
        earliest_from_here -> Nullable<BigInt>,
    }
}

table! {
    audit_permit (id) {
        id -> Integer,
    }
}

table! {
    audit_checkpoint (id) {
        id -> Integer,
        last_id -> BigInt,
        mac -> Binary,
        seal -> Binary,
    }
}

table! {
    audit_streams (name) {
        name -> Text,
        last_id -> BigInt,
        holder -> Nullable<Text>,
        held_until -> Nullable<BigInt>,
    }
}

table! {
    audit_head (id) {
        id -> Integer,
        last_id -> BigInt,
        mac -> Binary,
        key_id -> Nullable<Text>,
    }
}

table! {
    metabase_mirror (id) {
        id -> Integer,
        url -> Nullable<Text>,
        linked_url -> Nullable<Text>,
        reconcile_at -> Nullable<BigInt>,
        reconciled_at -> Nullable<BigInt>,
        drift -> Integer,
        failures -> Integer,
        failing_since -> Nullable<BigInt>,
        retry_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        reported -> Bool,
    }
}

table! {
    metabase_links (user_id) {
        user_id -> Text,
        metabase_id -> BigInt,
        linked_at -> BigInt,
    }
}

table! {
    metabase_outbox (user_id) {
        user_id -> Text,
        name -> Text,
        email -> Nullable<Text>,
        revision -> BigInt,
        queued_at -> BigInt,
        next_try_at -> BigInt,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        reported -> Bool,
        holder -> Nullable<Text>,
        held_until -> Nullable<BigInt>,
    }
}

joinable!(sessions -> users (user_id));
joinable!(user_grants -> workspaces (workspace_id));
joinable!(user_grants -> users (user_id));
joinable!(api_key_grants -> workspaces (workspace_id));
joinable!(second_factors -> users (user_id));
allow_tables_to_appear_in_same_query!(guard, installation);
allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    second_factors,
    user_grants,
    workspaces,
    login_names,
    api_keys,
    api_key_grants,
    login_pairs,
);
