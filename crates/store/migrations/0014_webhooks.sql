-- A program that a shop's owner wants to be told of events.
CREATE TABLE webhook (
    id       TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    name     TEXT NOT NULL,
    url      TEXT NOT NULL,
    -- It signs each request, so that it is kept as it is and not as a hash.
    secret   TEXT NOT NULL,
    -- JSON: the events of which it is told, by the names that rules use.
    events   TEXT NOT NULL,
    enabled  BIGINT NOT NULL,
    made     BIGINT NOT NULL
);
CREATE INDEX webhook_by_shop ON webhook (shop, made, id);

-- The delivery that this one repeats, under that one's id and with its notices; NULL for a first one.
ALTER TABLE delivery ADD COLUMN origin TEXT;
-- The HTTP status by which the other side took it, where there is one.
ALTER TABLE delivery ADD COLUMN answer BIGINT;
CREATE INDEX delivery_by_address ON delivery (shop, channel, address, made, id);

-- A secret address under which a shop's digests are read as a feed.
CREATE TABLE digest_feed (
    id       TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    -- The SHA-256 of the address' secret.
    token    TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    made     BIGINT NOT NULL
);
CREATE INDEX digest_feed_by_shop ON digest_feed (shop, made, id);
