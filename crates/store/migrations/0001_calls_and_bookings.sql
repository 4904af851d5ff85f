-- Ids and civil dates and times are TEXT, instants BIGINT ms since 1970 UTC, JSON is TEXT: the same on PostgreSQL.
CREATE TABLE call (
    id         TEXT PRIMARY KEY,
    shop       TEXT NOT NULL,
    caller     TEXT,
    dialled    TEXT,
    forwarded  TEXT,
    started    BIGINT NOT NULL,
    answered   BIGINT,
    ended      BIGINT,
    ending     TEXT,
    recording  TEXT
);
CREATE INDEX call_by_shop ON call (shop, started);
CREATE INDEX call_open ON call (ended) WHERE ended IS NULL;

CREATE TABLE turn (
    call       TEXT NOT NULL REFERENCES call (id),
    number     BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    heard      TEXT NOT NULL,
    understood TEXT NOT NULL,
    said       TEXT NOT NULL,
    latency    TEXT NOT NULL,
    PRIMARY KEY (call, number)
);

CREATE TABLE booking (
    id         TEXT PRIMARY KEY,
    shop       TEXT NOT NULL,
    call       TEXT REFERENCES call (id),
    date       TEXT NOT NULL,
    time       TEXT NOT NULL,
    -- Minutes since 1970-01-01 00:00 of the shop's own clock, so that overlap is one comparison, also past midnight.
    starts     BIGINT NOT NULL,
    ends       BIGINT NOT NULL,
    party_size BIGINT NOT NULL,
    name       TEXT NOT NULL,
    phone      TEXT NOT NULL,
    resource   TEXT NOT NULL,
    state      TEXT NOT NULL,
    made       BIGINT NOT NULL,
    CHECK (ends > starts AND party_size > 0)
);
CREATE INDEX booking_by_resource ON booking (shop, resource, starts) WHERE state = 'confirmed';
CREATE INDEX booking_by_date ON booking (shop, date, time);
CREATE INDEX booking_by_phone ON booking (shop, phone);

CREATE TABLE message (
    id         TEXT PRIMARY KEY,
    shop       TEXT NOT NULL,
    call       TEXT REFERENCES call (id),
    text       TEXT NOT NULL,
    call_back  TEXT,
    at         BIGINT NOT NULL
);
CREATE INDEX message_by_shop ON message (shop, at);
