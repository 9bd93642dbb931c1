-- Failed attempts. Accounts are named by a keyed MAC, so that the rows do not list who was guessed at.
CREATE TABLE login_pairs (
    account_key  BLOB NOT NULL,
    source       TEXT NOT NULL,
    failures     INTEGER NOT NULL,
    locks        INTEGER NOT NULL,
    since        INTEGER,
    last_at      INTEGER,
    locked_until INTEGER,
    touched_at   INTEGER NOT NULL,
    PRIMARY KEY (account_key, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX login_pairs_by_lock ON login_pairs (locked_until, account_key)
    WHERE locked_until IS NOT NULL;
CREATE INDEX login_pairs_by_touch ON login_pairs (touched_at);

CREATE TABLE login_accounts (
    account_key   BLOB PRIMARY KEY NOT NULL,
    in_a_row      INTEGER NOT NULL,
    since         INTEGER,
    last_at       INTEGER,
    recent        BLOB NOT NULL,
    guarded_until INTEGER,
    ceiling_until INTEGER,
    touched_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX login_accounts_by_touch ON login_accounts (touched_at);

CREATE TABLE login_sources (
    source        TEXT PRIMARY KEY NOT NULL,
    failed        BLOB NOT NULL,
    refused_until INTEGER,
    touched_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX login_sources_by_touch ON login_sources (touched_at);

CREATE TABLE login_devices (
    id           TEXT PRIMARY KEY NOT NULL,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash   BLOB NOT NULL UNIQUE,
    failures     INTEGER NOT NULL,
    locks        INTEGER NOT NULL,
    since        INTEGER,
    last_at      INTEGER,
    locked_until INTEGER,
    in_a_row     INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX login_devices_by_user ON login_devices (user_id, expires_at);
CREATE INDEX login_devices_by_expiry ON login_devices (expires_at);

CREATE TABLE factor_attempts (
    user_id      TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    failures     INTEGER NOT NULL,
    locks        INTEGER NOT NULL,
    since        INTEGER,
    last_at      INTEGER,
    locked_until INTEGER,
    total        INTEGER NOT NULL,
    touched_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Requests counted against the rate limits that all servers share.
CREATE TABLE limit_logs (
    limit_key  TEXT PRIMARY KEY NOT NULL,
    log        BLOB NOT NULL,
    touched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX limit_logs_by_touch ON limit_logs (touched_at);
