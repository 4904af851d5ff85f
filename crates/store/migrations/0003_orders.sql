-- What callers order from the menu. The items are a JSON list of names and quantities.
CREATE TABLE food_order (
    id         TEXT PRIMARY KEY,
    shop       TEXT NOT NULL,
    call       TEXT REFERENCES call (id),
    items      TEXT NOT NULL,
    won        BIGINT NOT NULL,
    date       TEXT NOT NULL,
    pickup     TEXT,
    address    TEXT,
    name       TEXT NOT NULL,
    phone      TEXT NOT NULL,
    state      TEXT NOT NULL,
    made       BIGINT NOT NULL,
    CHECK (won >= 0)
);
CREATE INDEX food_order_by_date ON food_order (shop, date, made);
CREATE INDEX food_order_by_phone ON food_order (shop, phone, date);
