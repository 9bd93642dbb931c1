-- One row: whether people are mirrored to Metabase, where, whose ids the links hold, and how it goes.
CREATE TABLE metabase_mirror (
    id            INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    url           TEXT COLLATE "C",
    linked_url    TEXT COLLATE "C",
    reconcile_at  BIGINT,
    reconciled_at BIGINT,
    drift         INTEGER NOT NULL,
    failures      INTEGER NOT NULL,
    failing_since BIGINT,
    retry_at      BIGINT,
    last_error    TEXT COLLATE "C",
    reported      BOOLEAN NOT NULL,
    CHECK ((failing_since IS NULL) = (failures = 0))
);
INSERT INTO metabase_mirror (id, drift, failures, reported) VALUES (1, 0, 0, FALSE);

-- Who is who there. It outlives the account here: whoever is deleted has to be deactivated there.
CREATE TABLE metabase_links (
    user_id     TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    metabase_id BIGINT NOT NULL UNIQUE,
    linked_at   BIGINT NOT NULL
);

-- Who has to be brought in line, once each however often they changed; the last state counts.
CREATE TABLE metabase_outbox (
    user_id     TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    email       TEXT COLLATE "C",
    revision    BIGINT NOT NULL,
    queued_at   BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    attempts    INTEGER NOT NULL,
    last_error  TEXT COLLATE "C",
    reported    BOOLEAN NOT NULL,
    holder      TEXT COLLATE "C",
    held_until  BIGINT,
    CHECK ((holder IS NULL) = (held_until IS NULL))
);
CREATE INDEX metabase_outbox_by_try ON metabase_outbox (next_try_at, user_id);
