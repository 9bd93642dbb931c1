-- Parts of login names, so that a search for a rare one reads the few accounts that have it. The search
-- itself decides with the names. Nothing here needs an extension.

-- Every six characters in a row; towards the end of a name fewer.
CREATE FUNCTION name_parts(name text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$
    SELECT pg_catalog.array_to_tsvector(pg_catalog.array_agg(DISTINCT pg_catalog.substr(name, place, 6)))
    FROM pg_catalog.generate_series(1, pg_catalog.length(name)) AS place
$$;
-- Without a list of what is still to be sorted in, which every search would have to read.
CREATE INDEX login_names_by_part ON login_names USING gin (name_parts(name)) WITH (fastupdate = off);
