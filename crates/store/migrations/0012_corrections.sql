-- What somebody of the shop says that a caller meant, where it was understood otherwise: a case by which understanding is tried.
CREATE TABLE correction (
    shop     TEXT NOT NULL,
    call     TEXT NOT NULL,
    turn     BIGINT NOT NULL,
    -- The caller's words, when they were said, and what Biseo had asked.
    heard    TEXT NOT NULL,
    said_at  BIGINT NOT NULL,
    awaiting TEXT,
    -- A code, and the topic of a question.
    meant    TEXT NOT NULL,
    topic    TEXT,
    at       BIGINT NOT NULL,
    PRIMARY KEY (shop, call, turn)
);
CREATE INDEX correction_by_time ON correction (shop, at);
