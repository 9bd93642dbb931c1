-- Parts of login names, so that a search for a rare one reads the few accounts that have it. Nothing but
-- the triggers writes here; the search itself decides with the names.

-- Numbers for names, which the full-text index goes by.
CREATE TABLE search_numbers (
    number INTEGER PRIMARY KEY NOT NULL,
    name   TEXT NOT NULL UNIQUE
) STRICT;

-- Where a part can begin, up to the longest name.
CREATE TABLE search_places (
    place INTEGER PRIMARY KEY NOT NULL
) STRICT;
WITH RECURSIVE counted (place) AS (
    SELECT 1 UNION ALL SELECT place + 1 FROM counted WHERE place < 254
)
INSERT INTO search_places (place) SELECT place FROM counted;

-- Every six characters in a row, in hexadecimal, which has no characters of its own to be careful about;
-- towards the end of a name fewer. The first three bytes of each are indexed as well.
CREATE VIRTUAL TABLE search_parts USING fts5 (
    parts, content = '', tokenize = 'ascii', detail = 'none', columnsize = 0, prefix = '6'
);
-- What is taken out leaves nothing behind.
INSERT INTO search_parts (search_parts, rank) VALUES ('secure-delete', 1);

INSERT INTO search_numbers (name) SELECT name FROM login_names;
INSERT INTO search_parts (rowid, parts)
    SELECT number, group_concat(hex(substr(name, place, 6)), ' ')
    FROM search_numbers, search_places WHERE place <= length(name) GROUP BY number;

CREATE TRIGGER search_learns AFTER INSERT ON login_names
BEGIN
    INSERT INTO search_numbers (name) VALUES (new.name);
    INSERT INTO search_parts (rowid, parts)
        SELECT number, group_concat(hex(substr(name, place, 6)), ' ')
        FROM search_numbers, search_places WHERE name = new.name AND place <= length(name);
END;
CREATE TRIGGER search_forgets AFTER DELETE ON login_names
BEGIN
    INSERT INTO search_parts (search_parts, rowid, parts)
        SELECT 'delete', number, group_concat(hex(substr(name, place, 6)), ' ')
        FROM search_numbers, search_places WHERE name = old.name AND place <= length(name);
    DELETE FROM search_numbers WHERE name = old.name;
END;
CREATE TRIGGER search_refuses_renaming BEFORE UPDATE OF name ON login_names
BEGIN
    SELECT RAISE(ABORT, 'a login name is deleted and inserted, never changed');
END;
