CREATE TABLE api_keys (
    id                 TEXT PRIMARY KEY NOT NULL,
    version            INTEGER NOT NULL,
    owner_id           TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name               TEXT NOT NULL,
    description        TEXT NOT NULL,
    digest             BLOB,
    bcrypt_sealed      BLOB,
    prefix             TEXT NOT NULL,
    limit_role         TEXT,
    workspaces_limited INTEGER NOT NULL CHECK (workspaces_limited IN (0, 1)),
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    created_by         TEXT REFERENCES users (id) ON DELETE SET NULL,
    expires_at         INTEGER,
    last_used_at       INTEGER,
    revoked_at         INTEGER,
    CHECK ((digest IS NULL) <> (bcrypt_sealed IS NULL))
) STRICT;
CREATE UNIQUE INDEX api_keys_by_name ON api_keys (owner_id, name) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX api_keys_by_digest ON api_keys (digest) WHERE digest IS NOT NULL;
CREATE INDEX api_keys_by_owner ON api_keys (owner_id, created_at, id);
CREATE INDEX api_keys_by_creation ON api_keys (created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_by_prefix ON api_keys (prefix) WHERE digest IS NULL;
CREATE INDEX api_keys_by_creator ON api_keys (created_by) WHERE created_by IS NOT NULL;

CREATE TABLE api_key_grants (
    key_id       TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role         TEXT,
    PRIMARY KEY (key_id, workspace_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_grants_by_workspace ON api_key_grants (workspace_id);
