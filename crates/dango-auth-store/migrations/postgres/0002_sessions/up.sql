CREATE TABLE sessions (
    id             TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    user_id        TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash     BYTEA NOT NULL UNIQUE,
    transport      TEXT COLLATE "C" NOT NULL,
    partial        BOOLEAN NOT NULL,
    security_epoch BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    last_activity  BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    ip             TEXT COLLATE "C",
    user_agent     TEXT COLLATE "C",
    ended_at       BIGINT,
    ending         TEXT COLLATE "C",
    CHECK ((ended_at IS NULL) = (ending IS NULL))
);
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_activity ON sessions (last_activity) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;
