CREATE TABLE second_factors (
    user_id     TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    seed_sealed BLOB NOT NULL,
    expires_at  INTEGER,
    last_step   INTEGER,
    enabled_at  INTEGER,
    CHECK ((enabled = 1) = (expires_at IS NULL)),
    CHECK ((enabled = 1) = (last_step IS NOT NULL)),
    CHECK ((enabled = 1) = (enabled_at IS NOT NULL))
) STRICT;

CREATE TABLE recovery_codes (
    id      TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest  BLOB NOT NULL,
    UNIQUE (user_id, digest)
) STRICT;
