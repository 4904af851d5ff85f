-- What was done while the database was away and has been brought into it since, or could not be: each entry of the journal once.
CREATE TABLE settled (
    entry    TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    -- 'applied' or 'conflict'.
    outcome  TEXT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX settled_by_time ON settled (at);
