-- One row. Every security-relevant change bumps it first, which orders such changes and tells caches
-- that something moved.
CREATE TABLE guard (
    id    INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    epoch BIGINT NOT NULL
);
INSERT INTO guard (id, epoch) VALUES (1, 0);

-- One row: where the installation stands.
CREATE TABLE installation (
    id                     INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    key_check              BYTEA,
    setup_completed_at     BIGINT,
    setup_token_hash       BYTEA,
    setup_token_expires_at BIGINT,
    auth_disabled          BOOLEAN NOT NULL,
    CHECK ((setup_token_hash IS NULL) = (setup_token_expires_at IS NULL))
);
INSERT INTO installation (id, auth_disabled) VALUES (1, FALSE);

CREATE TABLE settings (
    name       TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    value      TEXT COLLATE "C" NOT NULL,
    updated_by TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE users (
    id                  TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    version             BIGINT NOT NULL,
    account_key         BYTEA NOT NULL,
    username            TEXT COLLATE "C" NOT NULL UNIQUE,
    email               TEXT COLLATE "C" UNIQUE,
    role                TEXT COLLATE "C" NOT NULL,
    everywhere          BOOLEAN NOT NULL,
    active              BOOLEAN NOT NULL,
    password_sealed     BYTEA,
    password_kind       TEXT COLLATE "C",
    password_changed_at BIGINT,
    password_expires_at BIGINT,
    must_change         BOOLEAN NOT NULL,
    invite_hash         BYTEA,
    invite_expires_at   BIGINT,
    security_epoch      BIGINT NOT NULL,
    last_login_at       BIGINT,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL,
    CHECK ((password_sealed IS NULL) = (password_kind IS NULL)),
    CHECK ((password_sealed IS NULL) = (password_changed_at IS NULL)),
    CHECK ((invite_hash IS NULL) = (invite_expires_at IS NULL))
);
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
    name    TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX login_names_by_user ON login_names (user_id);

CREATE TABLE workspaces (
    id          TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name        TEXT COLLATE "C" NOT NULL UNIQUE,
    description TEXT COLLATE "C" NOT NULL,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

CREATE TABLE user_grants (
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, workspace_id)
);
CREATE INDEX user_grants_by_workspace ON user_grants (workspace_id);

-- Answers kept for clients that repeat a request.
CREATE TABLE kept_answers (
    caller      TEXT COLLATE "C" NOT NULL,
    request_key TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    sealed      BYTEA NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (caller, request_key)
);
CREATE INDEX kept_answers_by_expiry ON kept_answers (expires_at);
