-- Append-only; each row is bound to the one before it by `mac`.
CREATE TABLE audit_events (
    id          INTEGER PRIMARY KEY NOT NULL,
    at          INTEGER NOT NULL,
    event       TEXT NOT NULL,
    actor_kind  TEXT NOT NULL,
    actor_id    TEXT,
    actor_name  TEXT NOT NULL,
    target_kind TEXT,
    target_id   TEXT,
    target_name TEXT,
    workspace   TEXT,
    outcome     TEXT NOT NULL,
    ip          TEXT,
    user_agent  TEXT,
    request_id  TEXT,
    via         TEXT NOT NULL,
    details     TEXT NOT NULL,
    mac         BLOB NOT NULL
) STRICT;
CREATE INDEX audit_events_by_event ON audit_events (event, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor_name, id);
CREATE INDEX audit_events_by_target ON audit_events (target_name, id);
CREATE INDEX audit_events_by_ip ON audit_events (ip, id);
CREATE INDEX audit_events_by_outcome ON audit_events (outcome, id);

CREATE TRIGGER audit_events_refuse_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events cannot be changed');
END;
CREATE TRIGGER audit_events_refuse_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events cannot be deleted');
END;

-- Earliest and latest instant of each full block of rows, so that a query for a span of time reads
-- the rows of that span and not the whole log.
CREATE TABLE audit_spans (
    first_id INTEGER PRIMARY KEY NOT NULL,
    last_id  INTEGER NOT NULL,
    earliest INTEGER NOT NULL,
    latest   INTEGER NOT NULL
) STRICT;

-- One row: the last sequence number and its link.
CREATE TABLE audit_head (
    id      INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    last_id INTEGER NOT NULL,
    mac     BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (id, last_id, mac) VALUES (1, 0, zeroblob(32));
