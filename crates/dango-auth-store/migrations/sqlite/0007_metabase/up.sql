-- One row: whether people are mirrored to Metabase, where, whose ids the links hold, and how it goes.
CREATE TABLE metabase_mirror (
    id            INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    url           TEXT,
    linked_url    TEXT,
    reconcile_at  INTEGER,
    reconciled_at INTEGER,
    drift         INTEGER NOT NULL,
    failures      INTEGER NOT NULL,
    failing_since INTEGER,
    retry_at      INTEGER,
    last_error    TEXT,
    reported      INTEGER NOT NULL CHECK (reported IN (0, 1)),
    CHECK ((failing_since IS NULL) = (failures = 0))
) STRICT;
INSERT INTO metabase_mirror (id, drift, failures, reported) VALUES (1, 0, 0, 0);

-- Who is who there. It outlives the account here: whoever is deleted has to be deactivated there.
CREATE TABLE metabase_links (
    user_id     TEXT PRIMARY KEY NOT NULL,
    metabase_id INTEGER NOT NULL UNIQUE,
    linked_at   INTEGER NOT NULL
) STRICT;

-- Who has to be brought in line, once each however often they changed; the last state counts.
CREATE TABLE metabase_outbox (
    user_id     TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT,
    revision    INTEGER NOT NULL,
    queued_at   INTEGER NOT NULL,
    next_try_at INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    last_error  TEXT,
    reported    INTEGER NOT NULL CHECK (reported IN (0, 1)),
    holder      TEXT,
    held_until  INTEGER,
    CHECK ((holder IS NULL) = (held_until IS NULL))
) STRICT;
CREATE INDEX metabase_outbox_by_try ON metabase_outbox (next_try_at, user_id);
