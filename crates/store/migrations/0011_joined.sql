-- What the owner chose in the console beside the profile: rules of notices, the digest's hour. JSON, of which the store knows nothing.
CREATE TABLE setting (
    shop    TEXT NOT NULL,
    name    TEXT NOT NULL,
    content TEXT NOT NULL,
    -- Counts the changes, so that nobody overwrites what another has changed meanwhile.
    version BIGINT NOT NULL,
    PRIMARY KEY (shop, name)
);

-- One page that tells a day; kept as it was written.
CREATE TABLE digest (
    shop    TEXT NOT NULL,
    -- The day that is told, by the shop's calendar.
    date    TEXT NOT NULL,
    -- The span of the records, UTC milliseconds; the next one begins where this one ends.
    since   BIGINT NOT NULL,
    until   BIGINT NOT NULL,
    -- JSON.
    content TEXT NOT NULL,
    PRIMARY KEY (shop, date)
);
CREATE INDEX digest_by_end ON digest (shop, until);

-- What was made in a span of time.
CREATE INDEX booking_by_made ON booking (shop, made, id);
CREATE INDEX food_order_by_made ON food_order (shop, made, id);

-- A blocked call is no missed one. The expression stands in `call_pages.rs` again.
DROP INDEX call_by_outcome;
CREATE INDEX call_by_outcome ON call (shop, (CASE WHEN ending IS NULL THEN 'live'
    WHEN ending IN ('failed', 'interrupted', 'blocked') THEN ending WHEN answered IS NULL THEN 'missed' ELSE ending END), started, id);
