-- What is kept free for a call that is still deciding: one time for each call. No reference to the call: one whose record
-- could not be stored is served all the same.
CREATE TABLE hold (
    call       TEXT PRIMARY KEY,
    shop       TEXT NOT NULL,
    resource   TEXT NOT NULL,
    -- As of a booking.
    starts     BIGINT NOT NULL,
    ends       BIGINT NOT NULL,
    -- From this instant on it holds nothing.
    expires    BIGINT NOT NULL,
    CHECK (ends > starts)
);
CREATE INDEX hold_by_shop ON hold (shop, expires);
