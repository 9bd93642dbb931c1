CREATE TABLE second_factors (
    user_id     TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    enabled     BOOLEAN NOT NULL,
    seed_sealed BYTEA NOT NULL,
    expires_at  BIGINT,
    last_step   BIGINT,
    enabled_at  BIGINT,
    CHECK (enabled = (expires_at IS NULL)),
    CHECK (enabled = (last_step IS NOT NULL)),
    CHECK (enabled = (enabled_at IS NOT NULL))
);

CREATE TABLE recovery_codes (
    id      TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest  BYTEA NOT NULL,
    UNIQUE (user_id, digest)
);
