-- What was done and of which people are still to be told: written with the deed, in one transaction with it, and gone in the one that
-- puts the notices into the outbox.
CREATE TABLE untold (
    shop     TEXT NOT NULL,
    -- The order in which it was done in the shop.
    place    BIGINT NOT NULL,
    -- The call whose caller is to be told once it is over; NULL if no caller is.
    call     TEXT,
    at       BIGINT NOT NULL,
    -- JSON: what was done.
    deed     TEXT NOT NULL,
    -- When the notices to the shop's people were put into the outbox.
    told     BIGINT,
    PRIMARY KEY (shop, place)
);
CREATE INDEX untold_by_call ON untold (shop, call, place);
