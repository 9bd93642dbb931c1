-- Append-only; each row is bound to the one before it by `mac`.
CREATE TABLE audit_events (
    id          BIGINT PRIMARY KEY NOT NULL,
    at          BIGINT NOT NULL,
    event       TEXT COLLATE "C" NOT NULL,
    actor_kind  TEXT COLLATE "C" NOT NULL,
    actor_id    TEXT COLLATE "C",
    actor_name  TEXT COLLATE "C" NOT NULL,
    target_kind TEXT COLLATE "C",
    target_id   TEXT COLLATE "C",
    target_name TEXT COLLATE "C",
    workspace   TEXT COLLATE "C",
    outcome     TEXT COLLATE "C" NOT NULL,
    ip          TEXT COLLATE "C",
    user_agent  TEXT COLLATE "C",
    request_id  TEXT COLLATE "C",
    via         TEXT COLLATE "C" NOT NULL,
    details     TEXT COLLATE "C" NOT NULL,
    mac         BYTEA NOT NULL
);
CREATE INDEX audit_events_by_event ON audit_events (event, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor_name, id);
CREATE INDEX audit_events_by_target ON audit_events (target_name, id);
CREATE INDEX audit_events_by_ip ON audit_events (ip, id);
CREATE INDEX audit_events_by_outcome ON audit_events (outcome, id);

CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events cannot be changed or deleted';
END
$$;
CREATE TRIGGER audit_events_refuse_change BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_refuse();
CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse();

-- Earliest and latest instant of each full block of rows, so that a query for a span of time reads
-- the rows of that span and not the whole log.
CREATE TABLE audit_spans (
    first_id BIGINT PRIMARY KEY NOT NULL,
    last_id  BIGINT NOT NULL,
    earliest BIGINT NOT NULL,
    latest   BIGINT NOT NULL
);

-- One row: the last sequence number and its link.
CREATE TABLE audit_head (
    id      INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    last_id BIGINT NOT NULL,
    mac     BYTEA NOT NULL
);
INSERT INTO audit_head (id, last_id, mac) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
