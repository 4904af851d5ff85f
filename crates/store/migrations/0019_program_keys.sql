-- Keys by which programs use a shop's API.
CREATE TABLE program_key (
    id      TEXT PRIMARY KEY,
    shop    TEXT NOT NULL,
    name    TEXT NOT NULL,
    -- The SHA-256 of what the program holds.
    token   TEXT NOT NULL UNIQUE,
    -- A JSON list of what it may do. Words that this room does not read.
    rights  TEXT NOT NULL,
    made    BIGINT NOT NULL,
    -- The login of whoever made it.
    made_by TEXT NOT NULL,
    -- None: until it is taken away.
    expires BIGINT,
    -- The last request by it, to the minute.
    used    BIGINT
);
CREATE INDEX program_key_by_shop ON program_key (shop, made, id);
