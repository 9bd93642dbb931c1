-- The latest instant of all blocks up to this one and the earliest of all from this one on. Both grow along the
-- log whatever its instants do, so that where a span of time begins and ends is found in an index. A program of
-- the release before leaves them empty; the next one that closes a block fills them in.
ALTER TABLE audit_spans ADD COLUMN latest_so_far INTEGER;
ALTER TABLE audit_spans ADD COLUMN earliest_from_here INTEGER;
UPDATE audit_spans SET latest_so_far = along.latest_so_far, earliest_from_here = along.earliest_from_here
FROM (
    SELECT first_id,
           MAX(latest) OVER (ORDER BY first_id) AS latest_so_far,
           MIN(earliest) OVER (ORDER BY first_id DESC) AS earliest_from_here
    FROM audit_spans
) AS along
WHERE along.first_id = audit_spans.first_id;
CREATE INDEX audit_spans_by_latest ON audit_spans (latest_so_far, first_id);
CREATE INDEX audit_spans_by_earliest ON audit_spans (earliest_from_here, first_id);
