-- The key in force, by its public id; none as long as it was never replaced. Whoever seals or chains
-- reads it under the row's lock, so that nothing is sealed under a key that was replaced meanwhile.
ALTER TABLE guard ADD COLUMN key_id TEXT COLLATE "C";
ALTER TABLE audit_head ADD COLUMN key_id TEXT COLLATE "C";

-- Keys that were replaced. As long as `finished_at` is missing, rows may still be sealed under the key.
CREATE TABLE replaced_keys (
    key_id      TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    replaced_by TEXT COLLATE "C" NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT
);

-- What was derived from a replaced key and is still needed, sealed under the key in force: links of
-- the audit log up to `last_id` are checked with it, or MACs that cannot be made again.
CREATE TABLE kept_keys (
    purpose TEXT COLLATE "C" NOT NULL,
    key_id  TEXT COLLATE "C" NOT NULL,
    last_id BIGINT,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (purpose, key_id)
);
