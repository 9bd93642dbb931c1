CREATE TABLE sessions (
    id             TEXT PRIMARY KEY NOT NULL,
    user_id        TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash     BLOB NOT NULL UNIQUE,
    transport      TEXT NOT NULL,
    partial        INTEGER NOT NULL CHECK (partial IN (0, 1)),
    security_epoch INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    last_activity  INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    ip             TEXT,
    user_agent     TEXT,
    ended_at       INTEGER,
    ending         TEXT,
    CHECK ((ended_at IS NULL) = (ending IS NULL))
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_activity ON sessions (last_activity) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;
