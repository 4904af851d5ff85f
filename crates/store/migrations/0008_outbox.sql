-- What is to be told, to whom, and what became of it. A notice is one event for one reader on one channel; a delivery is one sending,
-- of one notice or of several that were due together. Which notices a delivery holds is settled once, so that a repeated sending
-- carries the same under the same id.
CREATE TABLE delivery (
    id       TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    reader   TEXT NOT NULL,
    channel  TEXT NOT NULL,
    address  TEXT NOT NULL,
    urgent   BIGINT NOT NULL,
    -- due, sending (claimed until `until` by `holder`), failed (again at `due`), sent, given_up.
    state    TEXT NOT NULL,
    due      BIGINT NOT NULL,
    tries    BIGINT NOT NULL DEFAULT 0,
    holder   TEXT,
    until    BIGINT,
    fault    TEXT,
    made     BIGINT NOT NULL,
    settled  BIGINT
);
CREATE INDEX delivery_open ON delivery (due) WHERE state <> 'sent' AND state <> 'given_up';
CREATE INDEX delivery_by_shop ON delivery (shop, made);
CREATE INDEX delivery_settled ON delivery (settled);

CREATE TABLE notice (
    id       TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    event    TEXT NOT NULL,
    reader   TEXT NOT NULL,
    channel  TEXT NOT NULL,
    address  TEXT NOT NULL,
    content  TEXT NOT NULL,
    urgent   BIGINT NOT NULL,
    made     BIGINT NOT NULL,
    due      BIGINT NOT NULL,
    delivery TEXT REFERENCES delivery (id),
    UNIQUE (shop, event, reader, channel, address)
);
CREATE INDEX notice_waiting ON notice (due) WHERE delivery IS NULL;
CREATE INDEX notice_by_delivery ON notice (delivery);

-- A browser that wants notices (W3C Push API): where to push, and its keys.
CREATE TABLE push_subscription (
    id       TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    reader   TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    p256dh   TEXT NOT NULL,
    auth     TEXT NOT NULL,
    made     BIGINT NOT NULL,
    UNIQUE (shop, reader, endpoint)
);
