-- One row. Every security-relevant change bumps it first, which orders such changes and tells caches
-- that something moved.
CREATE TABLE guard (
    id    INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO guard (id, epoch) VALUES (1, 0);

-- One row: where the installation stands.
CREATE TABLE installation (
    id                     INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    key_check              BLOB,
    setup_completed_at     INTEGER,
    setup_token_hash       BLOB,
    setup_token_expires_at INTEGER,
    auth_disabled          INTEGER NOT NULL CHECK (auth_disabled IN (0, 1)),
    CHECK ((setup_token_hash IS NULL) = (setup_token_expires_at IS NULL))
) STRICT;
INSERT INTO installation (id, auth_disabled) VALUES (1, 0);

CREATE TABLE settings (
    name       TEXT PRIMARY KEY NOT NULL,
    value      TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id                  TEXT PRIMARY KEY NOT NULL,
    version             INTEGER NOT NULL,
    account_key         BLOB NOT NULL,
    username            TEXT NOT NULL UNIQUE,
    email               TEXT UNIQUE,
    role                TEXT NOT NULL,
    everywhere          INTEGER NOT NULL CHECK (everywhere IN (0, 1)),
    active              INTEGER NOT NULL CHECK (active IN (0, 1)),
    password_sealed     BLOB,
    password_kind       TEXT,
    password_changed_at INTEGER,
    password_expires_at INTEGER,
    must_change         INTEGER NOT NULL CHECK (must_change IN (0, 1)),
    invite_hash         BLOB,
    invite_expires_at   INTEGER,
    security_epoch      INTEGER NOT NULL,
    last_login_at       INTEGER,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    CHECK ((password_sealed IS NULL) = (password_kind IS NULL)),
    CHECK ((password_sealed IS NULL) = (password_changed_at IS NULL)),
    CHECK ((invite_hash IS NULL) = (invite_expires_at IS NULL))
) STRICT;
-- Lists walk the first; it also holds what a search by part of a name reads.
CREATE INDEX users_by_creation ON users (created_at, id, username, email);
CREATE INDEX users_by_role ON users (role, created_at, id);
CREATE INDEX users_by_standing ON users (active, created_at, id);
CREATE INDEX users_by_role_and_name ON users (role, username);
CREATE INDEX users_by_invite ON users (created_at, id, invite_expires_at)
    WHERE invite_expires_at IS NOT NULL;
-- Without the many rows that have none, which a planner would otherwise take for few.
CREATE UNIQUE INDEX users_by_invite_hash ON users (invite_hash) WHERE invite_hash IS NOT NULL;
CREATE INDEX users_by_account_key ON users (account_key);
CREATE INDEX users_by_password_kind ON users (password_kind);

-- Usernames and addresses of everybody in one place, so that no two accounts share a login name.
CREATE TABLE login_names (
    name    TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX login_names_by_user ON login_names (user_id);

CREATE TABLE workspaces (
    id          TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE user_grants (
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role         TEXT NOT NULL,
    PRIMARY KEY (user_id, workspace_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_grants_by_workspace ON user_grants (workspace_id);

-- Answers kept for clients that repeat a request.
CREATE TABLE kept_answers (
    caller      TEXT NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    sealed      BLOB NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (caller, request_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_answers_by_expiry ON kept_answers (expires_at);
