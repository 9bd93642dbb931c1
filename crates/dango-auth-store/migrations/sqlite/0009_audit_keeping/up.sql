-- Random bytes beside each event, by which its parts can be checked, or what is left of them once parts
-- were erased. Rows from before have none; nothing of them can be erased.
ALTER TABLE audit_events ADD COLUMN blind BLOB;

-- A row here, never committed, lets its own transaction erase parts of events or take out old ones.
CREATE TABLE audit_permit (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1)
) STRICT;

DROP TRIGGER audit_events_refuse_update;
CREATE TRIGGER audit_events_refuse_update BEFORE UPDATE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM audit_permit)
BEGIN
    SELECT RAISE(ABORT, 'audit events cannot be changed');
END;
DROP TRIGGER audit_events_refuse_delete;
CREATE TRIGGER audit_events_refuse_delete BEFORE DELETE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM audit_permit)
BEGIN
    SELECT RAISE(ABORT, 'audit events cannot be deleted');
END;

-- One row once old events were taken out: the last of them and its link, which the chain goes on from,
-- and a MAC over both.
CREATE TABLE audit_checkpoint (
    id      INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    last_id INTEGER NOT NULL,
    mac     BLOB NOT NULL,
    seal    BLOB NOT NULL
) STRICT;

-- How far events were handed on, for each place they go to, and who does it at the moment.
CREATE TABLE audit_streams (
    name       TEXT PRIMARY KEY NOT NULL,
    last_id    INTEGER NOT NULL,
    holder     TEXT,
    held_until INTEGER,
    CHECK ((holder IS NULL) = (held_until IS NULL))
) STRICT, WITHOUT ROWID;
