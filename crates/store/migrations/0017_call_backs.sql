-- Who called while the line was out of order and was not served: a call that broke off, that nobody could take, or that was refused.
CREATE TABLE call_back (
    id       TEXT PRIMARY KEY,
    shop     TEXT NOT NULL,
    incident TEXT NOT NULL,
    phone    TEXT NOT NULL,
    call     TEXT NOT NULL,
    -- The language of a text to the caller: 'ko' or 'en'.
    language TEXT NOT NULL,
    -- When the call came, which is the order of calling back, and when it was over.
    called   BIGINT NOT NULL,
    over     BIGINT NOT NULL,
    -- When it was settled, and how: 'text' (a text message is in the outbox), 'none' (none is to be sent), 'served' (the caller called again
    -- and was answered). NULL: waits.
    settled  BIGINT,
    how      TEXT,
    UNIQUE (shop, incident, phone)
);
CREATE INDEX call_back_waiting ON call_back (shop, called) WHERE settled IS NULL;
