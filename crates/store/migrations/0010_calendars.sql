-- How often a booking was changed (RFC 5545 SEQUENCE).
ALTER TABLE booking ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;

-- A secret address under which a shop's or one resource's bookings are read as a calendar.
CREATE TABLE calendar_feed (
    id       TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    -- The SHA-256 of the address' secret.
    token    TEXT NOT NULL UNIQUE,
    -- '' for the whole shop.
    resource TEXT NOT NULL,
    name     TEXT NOT NULL,
    -- 1: with telephone numbers.
    phones   BIGINT NOT NULL,
    made     BIGINT NOT NULL
);
CREATE INDEX calendar_feed_by_shop ON calendar_feed (shop, made, id);

-- Somebody else's calendar, whose busy times are no times for bookings.
CREATE TABLE calendar_import (
    id       TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    -- '' for the whole shop.
    resource TEXT NOT NULL,
    name     TEXT NOT NULL,
    address  TEXT NOT NULL,
    made     BIGINT NOT NULL,
    -- When it is to be fetched next, when it was last, and what was wrong since.
    due      BIGINT NOT NULL,
    fetched  BIGINT,
    fault    TEXT
);
CREATE INDEX calendar_import_by_shop ON calendar_import (shop, made, id);
CREATE INDEX calendar_import_due ON calendar_import (due);

CREATE TABLE busy (
    import   TEXT NOT NULL REFERENCES calendar_import (id),
    shop     TEXT NOT NULL,
    resource TEXT NOT NULL,
    -- As of a booking.
    starts   BIGINT NOT NULL,
    ends     BIGINT NOT NULL,
    CHECK (ends > starts)
);
CREATE INDEX busy_by_shop ON busy (shop, ends);
CREATE INDEX busy_by_import ON busy (import);
