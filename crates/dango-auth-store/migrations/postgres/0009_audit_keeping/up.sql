-- Random bytes beside each event, by which its parts can be checked, or what is left of them once parts
-- were erased. Rows from before have none; nothing of them can be erased.
ALTER TABLE audit_events ADD COLUMN blind BYTEA;

-- A row here, never committed, lets its own transaction erase parts of events or take out old ones.
CREATE TABLE audit_permit (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1)
);

CREATE OR REPLACE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' OR NOT EXISTS (SELECT 1 FROM audit_permit) THEN
        RAISE EXCEPTION 'audit events cannot be changed or deleted';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;

-- One row once old events were taken out: the last of them and its link, which the chain goes on from,
-- and a MAC over both.
CREATE TABLE audit_checkpoint (
    id      INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    last_id BIGINT NOT NULL,
    mac     BYTEA NOT NULL,
    seal    BYTEA NOT NULL
);

-- How far events were handed on, for each place they go to, and who does it at the moment.
CREATE TABLE audit_streams (
    name       TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    last_id    BIGINT NOT NULL,
    holder     TEXT COLLATE "C",
    held_until BIGINT,
    CHECK ((holder IS NULL) = (held_until IS NULL))
);
