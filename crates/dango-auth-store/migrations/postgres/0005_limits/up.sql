-- Failed attempts. Accounts are named by a keyed MAC, so that the rows do not list who was guessed at.
CREATE TABLE login_pairs (
    account_key  BYTEA NOT NULL,
    source       TEXT COLLATE "C" NOT NULL,
    failures     INTEGER NOT NULL,
    locks        INTEGER NOT NULL,
    since        BIGINT,
    last_at      BIGINT,
    locked_until BIGINT,
    touched_at   BIGINT NOT NULL,
    PRIMARY KEY (account_key, source)
);
CREATE INDEX login_pairs_by_lock ON login_pairs (locked_until, account_key)
    WHERE locked_until IS NOT NULL;
CREATE INDEX login_pairs_by_touch ON login_pairs (touched_at);

CREATE TABLE login_accounts (
    account_key   BYTEA PRIMARY KEY NOT NULL,
    in_a_row      INTEGER NOT NULL,
    since         BIGINT,
    last_at       BIGINT,
    recent        BYTEA NOT NULL,
    guarded_until BIGINT,
    ceiling_until BIGINT,
    touched_at    BIGINT NOT NULL
);
CREATE INDEX login_accounts_by_touch ON login_accounts (touched_at);

CREATE TABLE login_sources (
    source        TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    failed        BYTEA NOT NULL,
    refused_until BIGINT,
    touched_at    BIGINT NOT NULL
);
CREATE INDEX login_sources_by_touch ON login_sources (touched_at);

CREATE TABLE login_devices (
    id           TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash   BYTEA NOT NULL UNIQUE,
    failures     INTEGER NOT NULL,
    locks        INTEGER NOT NULL,
    since        BIGINT,
    last_at      BIGINT,
    locked_until BIGINT,
    in_a_row     INTEGER NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX login_devices_by_user ON login_devices (user_id, expires_at);
CREATE INDEX login_devices_by_expiry ON login_devices (expires_at);

CREATE TABLE factor_attempts (
    user_id      TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    failures     INTEGER NOT NULL,
    locks        INTEGER NOT NULL,
    since        BIGINT,
    last_at      BIGINT,
    locked_until BIGINT,
    total        INTEGER NOT NULL,
    touched_at   BIGINT NOT NULL
);

-- Requests counted against the rate limits that all servers share.
CREATE TABLE limit_logs (
    limit_key  TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    log        BYTEA NOT NULL,
    touched_at BIGINT NOT NULL
);
CREATE INDEX limit_logs_by_touch ON limit_logs (touched_at);
