CREATE TABLE api_keys (
    id                 TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    version            BIGINT NOT NULL,
    owner_id           TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name               TEXT COLLATE "C" NOT NULL,
    description        TEXT COLLATE "C" NOT NULL,
    digest             BYTEA,
    bcrypt_sealed      BYTEA,
    prefix             TEXT COLLATE "C" NOT NULL,
    limit_role         TEXT COLLATE "C",
    workspaces_limited BOOLEAN NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    created_by         TEXT COLLATE "C" REFERENCES users (id) ON DELETE SET NULL,
    expires_at         BIGINT,
    last_used_at       BIGINT,
    revoked_at         BIGINT,
    CHECK ((digest IS NULL) <> (bcrypt_sealed IS NULL))
);
CREATE UNIQUE INDEX api_keys_by_name ON api_keys (owner_id, name) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX api_keys_by_digest ON api_keys (digest) WHERE digest IS NOT NULL;
CREATE INDEX api_keys_by_owner ON api_keys (owner_id, created_at, id);
CREATE INDEX api_keys_by_creation ON api_keys (created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_by_prefix ON api_keys (prefix) WHERE digest IS NULL;
CREATE INDEX api_keys_by_creator ON api_keys (created_by) WHERE created_by IS NOT NULL;

CREATE TABLE api_key_grants (
    key_id       TEXT COLLATE "C" NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role         TEXT COLLATE "C",
    PRIMARY KEY (key_id, workspace_id)
);
CREATE INDEX api_key_grants_by_workspace ON api_key_grants (workspace_id);
